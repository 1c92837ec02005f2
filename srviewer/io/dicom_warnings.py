"""Which of pydicom's warnings matter."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# pydicom's log repeats the values of headers, a patient's name among them: it goes nowhere.
logging.getLogger("pydicom").propagate = False


@contextmanager
def only_serious() -> Iterator[None]:
    """Inside, pydicom's warnings are silent, but for a frame cut short, which raises UserWarning.

    It warns of each oddity of a header; what matters there is checked by the caller.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="The end of the encapsulated pixel data")
        yield
