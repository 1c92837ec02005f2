"""Standard output and error without control characters from untrusted text."""

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TextIO, cast

from srviewer.core.visible_text import visible


class VisibleStream(io.TextIOBase):
    """A text stream that spells out control characters, but for line ends, and writes to ``under``.

    ``isatty`` is false, so that no library colours text that is spelled out afterwards.
    """

    def __init__(self, under: TextIO) -> None:
        self.under = under

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream below."""
        return self.under.encoding

    def fileno(self) -> int:
        """The number of the stream below."""
        return self.under.fileno()

    def writable(self) -> bool:
        """Always true, as io asks."""
        return True

    def write(self, text: str) -> int:
        """Write text to the stream below.

        Args:
            text: Untrusted text.

        Returns:
            The length of ``text``.
        """
        self.under.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream below."""
        self.under.flush()


def terminal(stream: TextIO) -> TextIO:
    """The stream below ``VisibleStream``, for control characters of our own.

    Args:
        stream: Standard output or error.

    Returns:
        The stream that it writes to; itself where it is no ``VisibleStream``.
    """
    return stream.under if isinstance(stream, VisibleStream) else stream


@contextlib.contextmanager
def visible_output() -> Iterator[None]:
    """Spell out control characters on standard output and error inside the block."""
    with (
        contextlib.redirect_stdout(_visible(sys.stdout)),
        contextlib.redirect_stderr(_visible(sys.stderr)),
    ):
        yield


def _visible(stream: TextIO | None) -> TextIO | None:
    """The stream wrapped; None where the program was started without it."""
    if stream is None or isinstance(stream, VisibleStream):
        return stream
    return cast(TextIO, VisibleStream(stream))
