"""Shared by all tests: no screen, no settings of the user's, phantoms, real scans."""

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

# Before Qt is loaded: no screen is needed, and nothing is read from or written to the user's own
# folders, not even by what is read once per process.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.TemporaryDirectory(prefix="srviewer-tests-")


def _folders(root: Path) -> dict[str, str]:
    """The environment that puts every folder of the user's below ``root``."""
    return {
        "HOME": str(root),
        "USERPROFILE": str(root),
        "XDG_CONFIG_HOME": str(root / "config"),
        "XDG_DATA_HOME": str(root / "data"),
        "XDG_CACHE_HOME": str(root / "cache"),
        "XDG_STATE_HOME": str(root / "state"),
        "APPDATA": str(root / "AppData/Roaming"),
        "LOCALAPPDATA": str(root / "AppData/Local"),
    }


os.environ.update(_folders(Path(_HOME.name)))
# One list of fonts for all tests, in whatever process and home; see ``listed_fonts``.
os.environ["MPLCONFIGDIR"] = str(Path(_HOME.name) / "matplotlib")

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

import phantoms  # noqa: E402  (the environment comes first)
from children import output  # noqa: E402
from plain_rights import plain_rights  # noqa: E402
from srviewer.core.acquisition.degradation import Degradation  # noqa: E402
from srviewer.core.volumes.volume import Volume  # noqa: E402

# The same examples each time: a failure on one machine is a failure on all.
settings.register_profile("srviewer", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("srviewer")


PATIENCE = 120_000  # ms


@pytest.hookimpl(optionalhook=True)  # one process needs no xdist
def pytest_xdist_auto_num_workers() -> int:
    """The cores that this process may use, of which a container often has fewer than the machine.

    Eight at the most: each takes up to 2 GB.
    """
    has = getattr(os, "sched_getaffinity", None)  # Linux alone
    return min(8, len(has(0)) if has else os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def own_folders(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A home of its own for each test: no settings or models of the user or of another test."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in _folders(home).items():
        monkeypatch.setenv(name, folder)
    if "PySide6.QtCore" in sys.modules:
        _move_settings(home / "config")
    yield home


@pytest.fixture(scope="session")
def qapp(qapp: "QApplication") -> Iterator["QApplication"]:
    """The application of all tests, with the garbage collection of the window."""
    from srviewer.gui.jobs.garbage import garbage_collected_here

    with garbage_collected_here():
        yield qapp


@pytest.fixture
def qtbot(qtbot: "QtBot", monkeypatch: pytest.MonkeyPatch) -> "QtBot":
    """What is added lives until it is closed, and so does not go while it is painted.

    What is waited for may take two minutes where the machine is busy with something else.
    """
    held: list[QWidget] = []
    add = qtbot.addWidget

    def held_and_added(widget: "QWidget", **options: Any) -> None:
        held.append(widget)
        add(widget, **options)

    monkeypatch.setattr(qtbot, "addWidget", held_and_added)
    for wait in ("waitUntil", "waitSignal"):
        monkeypatch.setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=PATIENCE))
    return qtbot


@pytest.fixture(scope="session")
def listed_fonts() -> None:
    """matplotlib has listed the system's fonts, which may take it longer than a test may wait."""
    output([sys.executable, "-c", "import matplotlib.font_manager"])


@pytest.fixture
def closed() -> Iterator[Callable[[Path], Path]]:
    """``closed(path)`` takes every right to a file or folder away until the test ends."""
    before: dict[Path, int] = {}

    def close(path: Path) -> Path:
        before[path] = path.stat().st_mode
        path.chmod(0)
        return path

    with plain_rights() as held:
        if not held:
            pytest.skip("permissions do not hold for whoever runs this test")
        yield close
        for path, mode in reversed(before.items()):
            path.chmod(mode)


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What srviewer logs as a warning or worse fails a test; one that expects it clears caplog."""
    yield
    unexpected = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.name.split(".")[0] == "srviewer" and record.levelno >= logging.WARNING
    ]
    assert unexpected == []


def _move_settings(folder: Path) -> None:
    """QSettings reads the environment once per process, so it is told."""
    from PySide6.QtCore import QSettings

    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(folder))


@pytest.fixture(scope="session")
def make_head() -> Callable[..., Volume]:
    """The factory of ``phantoms.head(shape, spacing, directions)``."""
    return phantoms.head


@pytest.fixture(scope="session")
def head() -> Volume:
    """A head-like volume of 40 x 48 x 36 voxels of 1 mm, asymmetric on every axis."""
    return phantoms.head()


@pytest.fixture(scope="session")
def thick_head(head: Volume) -> Volume:
    """``head`` with slices four times as thick along k: 40 x 48 x 9 voxels of 1 x 1 x 4 mm."""
    return Degradation(axis=2, factor=4).thick_volume(head)


@pytest.fixture
def int8() -> Iterator[None]:
    """8-bit integers, emulated where the processor has none."""
    from benchmarks.emulated_int8 import emulated_int8  # loads torch
    from srviewer.nn.devices.int8 import int8_hindrance

    with emulated_int8() if int8_hindrance() else nullcontext():
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scans beside the checkout; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real scans of {folder.parent.name}/{folder.name}, which are absent")
    return folder
