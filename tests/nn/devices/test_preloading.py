"""The networks loaded in a thread: whoever waits for it gets all of them, or the true reason."""

import sys

import pytest

from children import output

LOADED = """
import sys
from srviewer.nn.devices.preloading import load_inference_beside, wait_until_loaded
load_inference_beside()
wait_until_loaded()
print(hasattr(sys.modules["srviewer.nn.inference.infer"], "Upsampler"))
"""
# torch alone maps more.
NO_ROOM = """
import resource
import numpy, psutil
from srviewer.errors import as_user_error
from srviewer.nn.devices.preloading import load_inference_beside, wait_until_loaded
limit = psutil.Process().memory_info().vms + 150 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
load_inference_beside()
wait_until_loaded()
try:
    from srviewer.nn.inference.infer import Upsampler
except Exception as raised:
    print(as_user_error(raised))
"""


def test_what_was_loaded_beside_is_whole() -> None:
    assert output([sys.executable, "-c", LOADED]).split() == ["True"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits on address space differ elsewhere")
def test_what_found_no_room_says_so() -> None:
    assert "There is not enough memory" in output([sys.executable, "-c", NO_ROOM])
