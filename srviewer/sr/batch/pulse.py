"""The connection to a Dask scheduler, checked without waiting for its answer."""

import asyncio
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

ASK_SECONDS = 1.0  # between two questions
SILENT_SECONDS = 30.0  # without an answer; a scheduler with much to do may take some


class Pulse:
    """The state of the scheduler of a ``distributed.Client``.

    Args:
        client: The client; any object with its ``status``, ``scheduler`` and ``loop``.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._question: Future[Any] | None = None
        self._asked = self._answered = time.monotonic()
        self.workers = 0

    def lost(self) -> bool:
        """Whether the connection is closed or silent for ``SILENT_SECONDS``; returns at once."""
        now = time.monotonic()
        if self._client.status != "running":
            return True
        if self._question is not None and self._question.done():
            with suppress(Exception):  # whether it is gone shows in the client's status
                self.workers = len(self._question.result()["workers"])
            self._answered, self._question = now, None
        if self._question is None and now - self._asked >= ASK_SECONDS:
            self._asked = now
            question = self._client.scheduler.identity()
            self._question = asyncio.run_coroutine_threadsafe(
                question, self._client.loop.asyncio_loop
            )
        silent = now - max(self._answered, self._asked)
        return self._question is not None and silent > SILENT_SECONDS
