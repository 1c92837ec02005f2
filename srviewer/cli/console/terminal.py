"""Standard output and standard error, where nothing of a stranger's file steers the terminal."""

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TextIO, cast

from srviewer.core.visible_text import visible


class VisibleStream(io.TextIOBase):
    """Writes to ``under`` what is written to it, control characters spelled out; lines stay.

    It is no terminal to those who ask, so that nobody colours what is spelled out afterwards.
    """

    def __init__(self, under: TextIO) -> None:
        self.under = under

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Of the stream below."""
        return self.under.encoding

    def fileno(self) -> int:
        """Of the stream below."""
        return self.under.fileno()

    def writable(self) -> bool:
        """Called by Python."""
        return True

    def write(self, text: str) -> int:
        """Write ``text`` and say how long it is."""
        self.under.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Called by Python."""
        self.under.flush()


def terminal(stream: TextIO) -> TextIO:
    """The stream itself, below ``VisibleStream``: for characters of our own that steer it."""
    return stream.under if isinstance(stream, VisibleStream) else stream


@contextlib.contextmanager
def visible_output() -> Iterator[None]:
    """Within the block everything written to standard output and error is ``visible``."""
    with (
        contextlib.redirect_stdout(_visible(sys.stdout)),
        contextlib.redirect_stderr(_visible(sys.stderr)),
    ):
        yield


def _visible(stream: TextIO | None) -> TextIO | None:
    """None, too, where the program was started without such a stream."""
    if stream is None or isinstance(stream, VisibleStream):
        return stream
    return cast(TextIO, VisibleStream(stream))
