"""Pictures of the whole window, drawn without a screen, for the README and the documentation.

``python packaging/window_pictures.py docs/images`` draws ``window.png``, ``three-d.png``,
``regions.png`` and ``faults.png`` from the built-in sample, and ``join.png`` and
``two-studies.png`` from the sample of stacks; ``three-d.png`` needs the extra 3d. With a folder of
thin scans, ``window_pictures.py docs/images SCANS``, it draws ``training.png`` instead: of a run of
eight minutes on the processor, when it is three fifths done.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

LONGEST = 1500  # seconds that anything here may take
MINUTES, DONE = 8, 0.6  # of the training run
REGIONS, FAULTS, JOIN = "regions.png", "faults.png", "join.png"
TWO, THREE_D = "two-studies.png", "three-d.png"
MOVED = 3  # voxels by which every second slice is displaced
LAYOUT_ROUNDS = 10  # until layouts within layouts have their sizes
PANEL, RECONSTRUCT, TRAIN = "compare", "reconstruct", "train"  # the panels that are shown


def main() -> int:
    """Draw one of the two; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path)
    parser.add_argument("scans", type=Path, nargs="?")
    wanted = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        # No settings, models or runs of the user's.
        os.environ.update({f"XDG_{kind}_HOME": home for kind in ("CONFIG", "DATA", "CACHE")})
        os.environ["LOCALAPPDATA"] = home
        if wanted.scans is None:
            _draw_window(wanted.images / "window.png", Path(home))
            _draw_join(wanted.images / JOIN, Path(home))
            _draw_two_studies(wanted.images / TWO, Path(home))
        else:
            _draw_training(wanted.images / "training.png", wanted.scans, Path(home))
    return 0


def _draw_window(path: Path, home: Path) -> None:
    """The sample, reconstructed and scored; the first of its regions; the sample with a fault."""
    from srviewer.core.slices.planes import Plane

    window, until = _window(home)
    window.controller.open_sample(window.controller.reconstructing.start)
    until(lambda: window.study.scores is not None)
    window.panels.show_panel(PANEL)
    until(lambda: not window.controller.work.tasks)
    window.grab().save(str(path))
    _draw_three_d(window, until, path.with_name(THREE_D))
    window.study.compare(replace(window.study.comparing, map="disagreement"))
    window.controller.regions.go(0)
    until(lambda: not window.controller.work.tasks)
    window.grab().save(str(path.with_name(REGIONS)))
    window.studies.close(0)
    window.open([_moved_sample(home)])
    until(lambda: window.study.scan is not None)
    window.panels.show_panel(RECONSTRUCT)
    window.study.set_main(Plane.SAGITTAL)
    until(lambda: not window.controller.work.tasks)
    window.grab().save(str(path.with_name(FAULTS)))
    window.leave()  # a window that is closed asks about results


def _draw_three_d(window, until, path: Path) -> None:  # type: ignore[no-untyped-def]
    """Scan and result as surfaces, seen from the front and the left, cut open."""
    window.three_d.show()
    shown = window.three_d.window
    until(lambda: len(shown.link.numbers) == 2 and shown.is_still)
    cursor = window.study.view.cursor_mm
    window.study.move_cursor((cursor[0] - 12, *cursor[1:]))
    shown.see_from("L")
    shown.controls.cut_chosen.emit("sagittal")
    shown.panes[0].seen.emit(shown.camera.rotated(-32, 20).zoomed(1.25), False)
    until(lambda: shown.is_still)
    shown.grab().save(str(path))
    shown.close()
    window.study.move_cursor(cursor)


def _draw_join(path: Path, home: Path) -> None:
    """The sample of stacks, joined, with the scores of the second one left out."""
    from srviewer.gui.panels.reconstruct.joined_box import JoinedBox

    window, until = _window_with_stacks(home)
    window.controller.joining.start()
    until(lambda: window.study.result is not None)
    window.study.compare(replace(window.study.comparing, stack=1))
    until(lambda: not window.controller.work.tasks)
    box = window.panels.findChild(JoinedBox)
    window.panels.currentWidget().area.ensureWidgetVisible(box.residual)
    until(lambda: True)
    window.grab().save(str(path))
    window.leave()  # a window that is closed asks about results


def _draw_two_studies(path: Path, home: Path) -> None:
    """Two of the stacks beside each other, aligned, with the thumbnails of all."""
    from srviewer.study.state.layouts import TWO_STUDIES

    window, until = _window_with_stacks(home)
    window.controller.joining.decline()
    window.arrange(TWO_STUDIES)
    seconds = window.contents.seconds
    seconds.align()
    until(lambda: not seconds.aligning and not window.controller.work.tasks)
    window.grab().save(str(path))
    window.leave()  # a window that is closed asks about results


def _moved_sample(home: Path) -> Path:
    """The sample as if the patient had moved between two interleaved passes; its file."""
    import nibabel as nib
    import numpy as np

    from srviewer.paths import sample_scan

    image = nib.load(sample_scan())
    voxels = np.asarray(image.dataobj).copy()
    voxels[:, :, 1::2] = np.roll(voxels[:, :, 1::2], MOVED, axis=1)
    path = home / "moved.nii.gz"
    nib.save(nib.Nifti1Image(voxels, image.affine, image.header), path)
    return path


def _draw_training(path: Path, scans: Path, home: Path) -> None:
    """A run in progress, its curves and its preview."""
    window, until = _window(home)
    window.panels.show_panel(TRAIN)
    panel = window.panels.panels[TRAIN]
    panel.setup.add([scans])
    until(lambda: bool(panel.setup.split.train))
    panel.setup.choices.budget.setText(str(MINUTES))
    panel.setup.start.click()
    run = panel.run_list.chosen
    until(lambda: run.fraction >= DONE)
    window.grab().save(str(path))
    panel.run_list.stop.click()
    until(lambda: not window.controller.work.tasks)
    window.leave()  # a window that is closed asks about results


def _window(home: Path):  # type: ignore[no-untyped-def]  # Qt is loaded after the environment is set
    """A window of the size it first has, and a way to wait for something in it."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from srviewer.gui.appearance.application import application
    from srviewer.gui.window.bars.hint import KEY
    from srviewer.gui.window.frame import FIRST_SIZE
    from srviewer.gui.window.main_window import MainWindow

    application()
    settings = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue(KEY, True)
    window = MainWindow(settings)
    window.resize(FIRST_SIZE)
    window.show()

    def until(true: Callable[[], bool]) -> None:
        end = monotonic() + LONGEST
        while not true():
            if monotonic() > end:
                raise SystemExit("This takes too long.")
            QApplication.processEvents()
            sleep(0.01)
        for _ in range(LAYOUT_ROUNDS):
            QApplication.processEvents()
            sleep(0.02)

    return window, until


def _window_with_stacks(home: Path):  # type: ignore[no-untyped-def]  # as of _window
    """The same with the sample of stacks, the first of which is shown."""
    from srviewer.paths import sample_stacks

    window, until = _window(home)
    stacks = sample_stacks()
    window.open(stacks)
    until(lambda: len(window.controller.joining.offered) == len(stacks) - 1)
    window.studies.show(0)
    return window, until


if __name__ == "__main__":
    sys.exit(main())
