"""A user scrolls for an hour, closes windows, opens others: memory stays what the scans need."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication

from phantoms import head
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.application import application
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request

Until = Callable[[Callable[[], bool]], None]
STEPS = 1000
MOST_GROWTH = 12 * 2**20  # bytes; one kept slice a step and pane would be 190 MB


def _resident() -> int:
    """Bytes of this process that lie in memory."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("only Linux tells how much of a process lies in memory")
    return int(statm.read_text().split()[1]) * 4096


def _show(window: MainWindow) -> None:
    scan = Degradation(axis=2, factor=4).thick_volume(head((90, 100, 88)))
    window.study.open(scan, (), None)
    window.study.set(
        window.study.state.with_result(run(reconstruct(scan, Request(2, 4, "linear"))))
    )
    window.study.compare(replace(window.study.comparing, layout="compare"))
    window.resize(900, 620)
    QApplication.processEvents()


def test_a_thousand_slices_scrolled_leave_memory_flat(window: MainWindow) -> None:
    _show(window)
    study = window.study

    def scroll(steps: int) -> None:
        for step in range(steps):
            study.move_cursor(np.array((1.0, -1.0, 1.0)) * (step % 80 - 40) / 2)
            QApplication.processEvents()

    scroll(160)  # the caches of fonts and texts are full
    gc.collect()
    before = _resident()
    scroll(STEPS)
    gc.collect()
    assert _resident() - before < MOST_GROWTH


def test_a_closed_window_lets_its_volumes_go(
    settings: QSettings, close: Callable[[MainWindow], bool]
) -> None:
    application()
    window = MainWindow(settings)
    window.show()
    _show(window)
    kept = _volumes(window)
    assert len(kept) == 2 and all(one() is not None for one in kept)
    window.controller.work.stop()
    close(window)
    window.deleteLater()
    del window
    _let_go()
    assert [one() for one in kept] == [None, None]


def test_another_scan_takes_the_place_of_the_one_before(window: MainWindow) -> None:
    _show(window)
    kept = _volumes(window)
    window.study.open(head((30, 34, 28)), (), None)
    QApplication.processEvents()
    _let_go()
    assert [one() for one in kept] == [None, None]


def _volumes(window: MainWindow) -> list["weakref.ref[np.ndarray]"]:
    """The voxels of scan and result, without keeping them."""
    scan, result = window.study.scan, window.study.result
    assert isinstance(scan, Volume) and result is not None
    return [weakref.ref(_base(volume.voxels)) for volume in (scan, result.volume)]


def _base(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _let_go() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()
