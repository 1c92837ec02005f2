"""SIGINT, SIGTERM and SIGHUP close the window: Ctrl-C in its terminal, the end of a desktop."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QSocketNotifier

from srviewer.stop_signals import NUMBERS, handled


@contextmanager
def signals_to(stop: Callable[[int], None]) -> Iterator[None]:
    """Handle signals within a block, in Qt's event loop.

    Python calls handlers between its own instructions, and Qt's loop waits without any: a byte
    on a socket wakes it.

    Args:
        stop: Called with the number of the first signal, once.

    Yields:
        Nothing; before and after the block signals are handled as before.
    """
    awake, wake = socket.socketpair()
    with awake, wake:
        for end in (awake, wake):
            end.setblocking(False)
        notifier = QSocketNotifier(awake.fileno(), QSocketNotifier.Type.Read)

        def heed() -> None:
            signals = [number for number in awake.recv(64) if number in NUMBERS]
            if signals:
                notifier.setEnabled(False)  # further ones change nothing
                stop(signals[0])

        notifier.activated.connect(heed)

        before = signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        try:
            with handled(_wake):
                yield
        finally:
            signal.set_wakeup_fd(before)
            notifier.setEnabled(False)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the number lies on the socket already."""
