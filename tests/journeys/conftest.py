"""A real window, real files, real drops."""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
import shiboken6
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMimeData,
    QPointF,
    QSettings,
    Qt,
    QThread,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

import phantoms
from mask_drawing import LEFT, is_idle
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.application import application
from srviewer.gui.panels.mask.mask_panel import MaskPanel
from srviewer.gui.panels.train import TrainPanel
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.training import loop
from two_studies import open_beside

Drop = Callable[[Sequence[Path]], bool]
Until = Callable[[Callable[[], bool]], None]
PATIENCE = 120_000  # ms: machines that are busy with something else
_modules_aside = 0


@pytest.hookimpl(hookwrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """What still runs in the window at the end of a test stops there.

    Before pytest-qt handles all events: a run of training on a busy machine makes them faster than
    they are drawn, without an end.
    """
    yield
    window = pyfuncitem.funcargs.get("window")
    if isinstance(window, MainWindow):
        window.controller.work.stop()


@pytest.fixture(autouse=True)
def nothing_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed_fonts: None
) -> Iterator[None]:
    """After each journey no window, thread, figure or temporary file of it is left."""
    _set_modules_aside()
    scratch = tmp_path / "temporary"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    widgets = set(QApplication.topLevelWidgets()) if QApplication.instance() else set()
    yield
    # Qt first: an event filter whose Python half is gone already would be called without it.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()
    left = [w for w in QApplication.topLevelWidgets() if w not in widgets and _of_ours(w)]
    assert left == []
    assert [one for one in gc.get_objects() if _runs(one)] == []
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []
    # torch keeps its compiler's cache for the next run.
    assert [p for p in scratch.iterdir() if not p.name.startswith("torchinductor")] == []
    assert sorted(tmp_path.rglob(".srviewer-*")) == []


def _set_modules_aside() -> None:
    """What loaded modules hold stays for good: looking through it after each test takes longest."""
    global _modules_aside
    if len(sys.modules) != _modules_aside:
        gc.collect()
        gc.freeze()
        _modules_aside = len(sys.modules)


def _of_ours(widget: QWidget) -> bool:
    """Not what Qt and pyqtgraph keep for the next use: tooltips, lists of combo boxes, menus."""
    return type(widget).__module__.startswith("srviewer")


def _runs(thing: object) -> bool:
    # By its type: what some libraries keep for old names warns when it is asked for its class.
    return issubclass(type(thing), QThread) and shiboken6.isValid(thing) and thing.isRunning()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    application()
    made = MainWindow(settings)
    qtbot.addWidget(made, before_close_func=_stop_work)
    made.studies.choice = "replace"  # a drop on an open study asks nothing
    made.resize(1280, 800)
    made.show()
    yield made
    made.controller.work.stop()


def _stop_work(window: QWidget) -> None:
    """A window that is still working would ask before it closes, and nobody answers."""
    assert isinstance(window, MainWindow)
    window.controller.work.stop()
    while window.studies.states:  # nor about a result that was not exported
        window.studies.close(0)
    deadline = time.monotonic() + PATIENCE / 1000
    while window.controller.work.tasks:
        assert time.monotonic() < deadline
        QApplication.processEvents()


@pytest.fixture
def close() -> Callable[[MainWindow], bool]:
    """Close a window as a user does who does not want to export the results that are open."""

    def closed(window: MainWindow) -> bool:
        def answer() -> None:
            box = QApplication.activeModalWidget()
            if isinstance(box, QMessageBox):
                roles = {box.buttonRole(button): button for button in box.buttons()}
                roles[QMessageBox.ButtonRole.DestructiveRole].click()

        QTimer.singleShot(0, answer)
        return window.close()

    return closed


@pytest.fixture
def opened(window: MainWindow, thick_file: Path, until: Until) -> MainWindow:
    """The window with the thick phantom open."""
    window.open([thick_file])
    until(lambda: window.study.scan is not None)
    return window


@pytest.fixture
def pair(
    opened: MainWindow, until: Until, thick_head: Volume, tmp_path: Path, qtbot: QtBot
) -> MainWindow:
    """The thick phantom and one of another contrast on the same grid, both shown by the key."""
    other = tmp_path / "other.nii.gz"
    voxels = 2000 - np.asarray(thick_head.voxels)
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), other)
    open_beside(opened, until, other)
    qtbot.keyClick(opened, "8")
    QApplication.processEvents()
    return opened


@pytest.fixture
def pane(opened: MainWindow, until: Until) -> SliceView:
    """The axial pane of the scan, with the keyboard."""
    opened.activateWindow()
    axial = opened.compare.scan.panes[Plane.AXIAL]
    axial.setFocus()
    until(axial.hasFocus)
    return axial


@pytest.fixture
def rebuild(opened: MainWindow, until: Until) -> Callable[..., None]:
    """Reconstruct what is open by an interpolation (linear, unless it is said), and wait for it."""

    def make(method: str = "linear") -> None:
        request, before = opened.study.request, opened.study.result
        assert request is not None
        opened.study.set_request(replace(request, method=method))
        opened.controller.reconstructing.start()
        until(lambda: opened.study.result is not before)

    return make


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    """Wait, with the window alive, until something is true."""

    def wait(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition)

    return wait


@pytest.fixture
def thick_file(tmp_path: Path, thick_head: Volume) -> Path:
    return _save(thick_head, tmp_path / "thick.nii.gz")


@pytest.fixture
def truth_file(tmp_path: Path, head: Volume) -> Path:
    return _save(head, tmp_path / "truth.nii.gz")


def _save(volume: Volume, path: Path) -> Path:
    """Write a volume as any other program would."""
    nib.save(nib.Nifti1Image(np.asarray(volume.voxels), volume.geometry.affine), path)
    return path


@pytest.fixture
def drop(window: MainWindow) -> Drop:
    """Drag files over the middle of the window and let go; whether they were welcome."""
    return partial(_drop, window)


@pytest.fixture
def two_series(tmp_path: Path, head: Volume, thick_head: Volume) -> Path:
    """A folder of DICOM files: a thick series of 9 slices and a thin one of 36."""
    folder = tmp_path / "dicom"
    _write_dicom_series(folder, thick_head, "T2 thick", 1)
    _write_dicom_series(folder, head, "T1 thin", 2)
    (folder / "notes.txt").write_text("no image")
    return folder


def _drop(window: MainWindow, paths: Sequence[Path]) -> bool:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = window.rect().center()
    under = window.childAt(middle)
    local = under.mapFrom(window, middle)
    rest = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    keys = Qt.KeyboardModifier.NoModifier
    # Qt hands both on to the first parent that takes drops.
    enter = QDragEnterEvent(local, *rest, keys)
    QApplication.sendEvent(under, enter)
    if enter.isAccepted():
        QApplication.sendEvent(under, QDropEvent(QPointF(local), *rest, keys))
    return enter.isAccepted()


def _write_dicom_series(folder: Path, volume: Volume, description: str, number: int) -> None:
    """One file for each slice along k, positions and directions in LPS as DICOM has them."""
    folder.mkdir(parents=True, exist_ok=True)
    series, frame, study = generate_uid(), generate_uid(), generate_uid(entropy_srcs=["study"])
    geometry = volume.geometry
    flip = np.array((-1.0, -1.0, 1.0))
    for k in range(geometry.shape[2]):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = MRImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = folder / f"s{number}_{k:03d}.dcm"
        data = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID, data.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
        data.StudyInstanceUID, data.SeriesInstanceUID = study, series
        data.FrameOfReferenceUID = frame
        data.Modality, data.SeriesDescription, data.SeriesNumber = "MR", description, number
        data.PatientName, data.PatientID, data.InstanceNumber = "Phantom", "phantom", k + 1
        data.Rows, data.Columns = geometry.shape[1], geometry.shape[0]
        data.PixelSpacing = [geometry.spacing[1], geometry.spacing[0]]
        data.SliceThickness = geometry.spacing[2]
        across, down = geometry.directions[:, 0] * flip, geometry.directions[:, 1] * flip
        data.ImageOrientationPatient = [*across, *down]
        data.ImagePositionPatient = list(geometry.world((0, 0, k)) * flip)
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelRepresentation = 1
        data.PixelData = np.rint(volume.voxels[:, :, k].T).astype("<i2").tobytes()
        pydicom.dcmwrite(path, data, enforce_file_format=True)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A folder with thin scans of three people, one of whom was scanned twice."""
    folder = tmp_path / "people"
    folder.mkdir()
    for name in ("sub-01_T1w", "sub-01_T2w", "sub-02_T1w", "sub-03_T1w"):
        volume = phantoms.head()
        voxels = volume.voxels * (1 + 0.1 * len(name))
        nib.save(nib.Nifti1Image(voxels, volume.geometry.affine), folder / f"{name}.nii")
    return folder


@pytest.fixture
def panel(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> TrainPanel:
    """The training tab, in front; a run reports often, for it is short."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.1)
    found = window.panels.findChild(TrainPanel)
    assert isinstance(found, TrainPanel)
    tabs = window.panels
    tabs.setCurrentIndex(next(n for n in range(tabs.count()) if tabs.widget(n).isAncestorOf(found)))
    return found


@pytest.fixture
def mask_panel(opened: MainWindow) -> MaskPanel:
    """The panel of masks, in front."""
    found = opened.panels.panels["mask"]
    assert isinstance(found, MaskPanel)
    opened.panels.show_panel("mask")
    QApplication.processEvents()
    return found


@pytest.fixture
def empty_mask(opened: MainWindow, mask_panel: MaskPanel, until: Until) -> MaskPanel:
    """An empty mask on the scan, under correction."""
    QTest.mouseClick(mask_panel.masks.new, LEFT)
    until(lambda: mask_panel.correction.overlay is not None)
    return mask_panel


@pytest.fixture
def drawn_mask(
    opened: MainWindow, mask_panel: MaskPanel, until: Until, tmp_path: Path, thick_head: Volume
) -> MaskPanel:
    """A loaded mask with a ring, an island and a hollow box, under correction."""
    labels = np.zeros(thick_head.geometry.shape, np.uint8)
    labels[8:16, 8:16, 4] = 1
    labels[10:14, 10:14, 4] = 0
    labels[30, 30, 2] = 1
    labels[20:25, 30:35, 5:8] = 1
    labels[21:24, 31:34, 6] = 0
    path = tmp_path / "lesion_mask.nii.gz"
    nib.save(nib.Nifti1Image(labels, thick_head.geometry.affine), path)
    opened.dropping._overlays.load(path)
    until(lambda: len(opened.study.overlays) == 1 and is_idle(opened))
    mask_panel.masks.masks.setCurrentIndex(1)
    mask_panel.masks.masks.activated.emit(1)
    until(lambda: mask_panel.correction.overlay is not None)
    return mask_panel
