"""Cyclic garbage goes in the thread of the window only."""

import gc
import importlib
import sys
import threading

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsScene
from pytestqt.qtbot import QtBot

from srviewer.gui.jobs.garbage import MANY, garbage_collected_here


def _make_garbage(went: list[int]) -> None:
    """A scene that nothing holds but itself; ``went`` gets the thread in which it goes."""
    scene = QGraphicsScene()
    scene.itself = scene  # type: ignore[attr-defined]
    scene.destroyed.connect(
        lambda: went.append(threading.get_ident()), Qt.ConnectionType.DirectConnection
    )


def _work() -> None:
    """Make far more objects than Python lets lie."""
    for _ in range(50):
        [[] for _ in range(10_000)]


def test_a_scene_goes_in_this_thread_while_another_one_makes_objects(qtbot: QtBot) -> None:
    went: list[int] = []
    gc.collect()
    before = gc.isenabled()
    with garbage_collected_here():
        _make_garbage(went)
        worker = threading.Thread(target=_work)
        worker.start()
        worker.join()
        assert went == []
        kept = [[] for _ in range(10_000)]
        qtbot.waitUntil(lambda: went != [])
    assert went == [threading.get_ident()] and kept
    assert gc.isenabled() == before


def test_what_modules_leave_is_not_looked_through(qtbot: QtBot) -> None:
    """Many new objects are among the oldest at once, from where they can still go."""
    looked: list[str] = []
    gc.collect()
    with garbage_collected_here():
        sys.modules.pop("wave", None)
        importlib.import_module("wave")
        kept = [[] for _ in range(2 * MANY)]
        gc.callbacks.append(lambda phase, _: looked.append(phase))
        try:
            qtbot.waitUntil(lambda: gc.get_count()[0] < MANY)
        finally:
            gc.callbacks.pop()
    assert looked == [] and len(kept) == 2 * MANY
    assert gc.get_freeze_count() == 0
    assert any(one is kept[0] for one in gc.get_objects(generation=2))
