"""Closing studies and the window: asks where work would go, and offers to close after an export."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from weakref import ref

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.gui.jobs.running_jobs import Task
from srviewer.gui.study.exporting import EXPORT
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.study.study_controller import LOAD, SIMULATE, TRUTH, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.training.runs import TRAIN
from srviewer.gui.user_files.autosave_folders import outlives_window
from srviewer.gui.widgets.form import describe
from srviewer.gui.widgets.notice import OfferBar
from srviewer.gui.widgets.plain_text import message_box
from srviewer.study.state.compared_volumes import ComparedVolume

MOST_NAMED = 5  # results in a question
ROLE = QMessageBox.ButtonRole


class Closing(QObject):
    """The questions before something is closed.

    Args:
        controller: what is open.
        export: opens the export of the result that is shown.
        save_mask: asks where to save the mask that is corrected.
        window: the parent of the questions; closed after an export, if the user wants that then.

    Attributes:
        bar: After an export that a question led to: what was written where, and an offer to close.
    """

    def __init__(
        self,
        controller: StudyController,
        export: Callable[[], None],
        save_mask: Callable[[], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._controller, self._studies = controller, controller.studies
        self._export, self._save_mask, self._window = export, save_mask, window
        self._waiting = False  # for the export that a question led to
        self._scan: Volume | None = None  # of the study to close then; None for the window
        self.bar = OfferBar(
            tr("Exported"),
            tr("Close now"),
            tr("Close what you were about to close"),
            tr("Keep open"),
            tr("Close nothing and hide this"),
        )
        self.bar.accepted.connect(self._close_now)
        self.bar.declined.connect(self.bar.hide)
        controller.exporting.exported.connect(self._offer)

    def close(self, number: int) -> None:
        """Close a study, after a question where work would be lost or something runs.

        Args:
            number: Its position in the tabs, from 0; nothing happens outside of them.
        """
        if 0 <= number < len(self._studies.states):
            scan = self._studies.states[number].scan
            if self._may_close([number], self._ended_with(scan), "", scan):
                self._studies.close(self._number(scan))

    def close_current(self) -> None:
        """Close the study that is shown."""
        self.close(self._studies.current)

    def may_close_window(self, autosaved: bool) -> bool:
        """Ask before the window is closed, once, where results were not exported or a job runs.

        Args:
            autosaved: Whether the next window will offer what is open now.

        Returns:
            Whether the window may be closed.
        """
        note = tr("The next start offers what is open now, for a week.") if autosaved else ""
        running = self._controller.work.missed
        return self._may_close(range(len(self._studies.states)), running, note, None)

    def losses(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """What the closing of studies would lose.

        Args:
            numbers: Positions of the studies in the tabs, from 0.

        Returns:
            A line for each result that was not exported, each mask that was not saved, and each job
            that would end.
        """
        scans = [self._studies.states[number].scan for number in numbers]
        running = (task for scan in scans for task in self._ended_with(scan))
        titles = (*self._titles(self._unexported(numbers)), *self._masks(numbers).values())
        return (*_named(titles), *(t.title for t in running))

    def _ended_with(self, scan: Volume | None) -> tuple[Task, ...]:
        """The jobs of the user that end when the study of ``scan``, shown or not, is closed."""
        work, kinds = self._controller.work, []
        if scan is not None:
            kinds += [kind for kind in (RECONSTRUCT, SELF_TEST) if work.scan_of(kind) is scan]
            kinds += [SIMULATE, TRUTH, LOAD] if self._controller.study.scan is scan else []
        running = (work.running(kind) for kind in kinds)
        return tuple(task for task in running if task is not None)

    def _may_close(
        self, numbers: Sequence[int], running: Sequence[Task], note: str, scan: Volume | None
    ) -> bool:
        unexported, masks = self._unexported(numbers), self._masks(numbers)
        if not unexported and not masks and not running:
            return True
        box, close = self._question(self._titles(unexported), [*masks.values()], running, note)
        box.exec()
        if box.buttonRole(box.clickedButton()) is ROLE.ActionRole:
            if unexported:
                self._export_first(unexported[0], scan)
            else:
                self._save_first(next(iter(masks)), scan)
        return box.clickedButton() is close

    def _masks(self, numbers: Iterable[int]) -> dict[tuple[int, int], str]:
        """The masks that were not saved: study and overlay, with a title for people."""
        found = {}
        for number in numbers:
            state = self._studies.states[number]
            for overlay in state.unsaved_masks(outlives_window):
                name = visible_line(overlay.volume.name)
                title = tr("the corrected mask '{mask}'", mask=name)
                found[number, state.overlays.index(overlay)] = title
        return found

    def _unexported(self, numbers: Iterable[int]) -> list[tuple[int, ComparedVolume]]:
        return [
            (number, kept)
            for number in numbers
            for kept in self._studies.states[number].unexported(outlives_window)
        ]

    def _titles(self, unexported: Iterable[tuple[int, ComparedVolume]]) -> list[str]:
        names = [(kept.name, self._studies.states[number].scan) for number, kept in unexported]
        return [
            tr("{result} of {scan}", result=name, scan=visible_line(scan.name))
            for name, scan in names
            if scan is not None
        ]

    def _number(self, scan: Volume | None) -> int:
        """The present position of the study of a scan; -1 where it is not open any more."""
        scans = [state.scan for state in self._studies.states]
        return next((number for number, other in enumerate(scans) if other is scan), -1)

    # --- the question

    def _question(
        self, titles: Sequence[str], masks: Sequence[str], running: Sequence[Task], note: str
    ) -> tuple[QMessageBox, QAbstractButton]:
        """The question and its button that closes."""
        lines = [_running_text(running)] if running else []
        if titles:
            results = "\n".join(_named(titles))
            lines.append(tr("Not exported yet:\n{results}", results=results))
        if masks:
            lines.append(tr("Not saved yet:\n{masks}", masks="\n".join(_named(masks))))
        lines += [note] if note and (titles or masks) else []
        without = tr("Close without exporting?") if titles else tr("Close without saving?")
        title = tr("Stop and close?") if running else without
        text = "\n\n".join((title, *lines))
        box = message_box(QMessageBox.Icon.Question, title, text, self._window)
        if titles:
            export = box.addButton(tr("Export\u2026"), ROLE.ActionRole)
            describe(export, tr("Export"), tr("Choose a file for the result; nothing is closed"))
            close = box.addButton(tr("Close without exporting"), ROLE.DestructiveRole)
        elif masks:
            save = box.addButton(tr("Save\u2026"), ROLE.ActionRole)
            describe(save, tr("Save"), tr("Choose a file for the mask; nothing is closed"))
            close = box.addButton(tr("Close without saving"), ROLE.DestructiveRole)
        else:
            close = box.addButton(QMessageBox.StandardButton.Close)
            close.setText(tr("Stop and close"))
        describe(close, close.text(), tr("What is named above is lost"))
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        return box, close

    # --- after an export

    def _export_first(self, first: tuple[int, ComparedVolume], scan: Volume | None) -> None:
        number, kept = first
        study = self._studies.study
        self._studies.show(number)
        study.keep(study.compared_volumes.choosing(kept.key))
        self.bar.hide()
        self._export()
        self._waiting = self._controller.work.running(EXPORT) is not None  # else it was given up
        self._scan = scan

    def _save_first(self, mask: tuple[int, int], scan: Volume | None) -> None:
        number, overlay = mask
        self._studies.show(number)
        correction = self._studies.study.overlays[overlay].correction
        assert correction is not None
        study = self._studies.study
        study.set_mask_tools(replace(study.mask_tools, chosen=ref(correction.mask)))
        self.bar.hide()
        self._save_mask()
        self._waiting = self._controller.work.running(EXPORT) is not None  # else it was given up
        self._scan = scan

    def _offer(self, path: Path) -> None:
        if self._waiting:
            self._waiting = False
            message = tr(
                "It was written to {path}; the JSON file beside it says how it was made. "
                "Research use only.",
                path=path,
            )
            self.bar.offer(message)

    def _close_now(self) -> None:
        self.bar.hide()
        if self._scan is None:
            self._window.close()
        else:
            self.close(self._number(self._scan))


def _named(titles: Sequence[str]) -> list[str]:
    """The first of some titles, and the number of the others."""
    more = len(titles) - MOST_NAMED
    return [*titles[:MOST_NAMED], *([tr("and {count} more", count=more)] if more > 0 else [])]


def _running_text(running: Sequence[Task]) -> str:
    kept = tr("nothing unfinished is kept")
    if any(task.kind == TRAIN for task in running):
        kept = tr("training keeps a checkpoint, and its tab offers to resume it")
    titles = ", ".join(task.title for task in running)
    return tr("Still running: {running}.\nClosing stops it; {kept}.", running=titles, kept=kept)
