"""Work that no file holds: what the closing of studies would lose, and how it is kept first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from weakref import ref

from srviewer.core.visible_text import visible_line
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.gui.study.exporting import EXPORT
from srviewer.gui.study.session_files import SAVE
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.user_files.autosave_folders import outlives_window
from srviewer.study.state.compared_volumes import ComparedVolume
from srviewer.study.state.held_drawings import Drawings
from srviewer.study.state.overlay import Overlay
from srviewer.study.state.study_state import StudyState


@dataclass(frozen=True)
class Loss:
    """One line of the question.

    Attributes:
        kind: How it can be kept.
        number: The position of its study in the tabs, from 0.
        title: A line for people, translated.
        choose: Makes it the one that is kept, once its study is shown.
    """

    kind: "LossKind"
    number: int
    title: str
    choose: Callable[[OpenStudies], None]


@dataclass(frozen=True)
class LossKind:
    """A kind of work that a file can hold. Texts are in English.

    Attributes:
        found: Gives title and ``choose`` of each that a study would lose.
        listed: The line over those of this kind, which ``{losses}`` follow.
        question: Asks whether to close without keeping them.
        close: The button that closes.
        keep: The button that keeps the first one.
        name: The name of that button for screen readers.
        tip: What it does.
        action: The id of the action that asks for a file.
        job: The kind of the job that writes the file.
        written: What is said when ``{path}`` was written.
    """

    found: Callable[[StudyState], Iterator[tuple[str, Callable[[OpenStudies], None]]]]
    listed: str
    question: str
    close: str
    keep: str
    name: str
    tip: str
    action: str
    job: str
    written: str


def _results(state: StudyState) -> Iterator[tuple[str, Callable[[OpenStudies], None]]]:
    if state.scan is None:
        return
    for kept in state.unexported(outlives_window):
        scan = visible_line(state.scan.name)
        yield tr("{result} of {scan}", result=kept.name, scan=scan), _choosing_result(kept)


def _choosing_result(kept: ComparedVolume) -> Callable[[OpenStudies], None]:
    def choose(studies: OpenStudies) -> None:
        studies.study.keep(studies.study.compared_volumes.choosing(kept.key))

    return choose


def _masks(state: StudyState) -> Iterator[tuple[str, Callable[[OpenStudies], None]]]:
    for overlay in state.unsaved_masks(outlives_window):
        name = visible_line(overlay.volume.name)
        yield tr("the corrected mask '{mask}'", mask=name), _choosing_mask(overlay)


def _choosing_mask(overlay: Overlay) -> Callable[[OpenStudies], None]:
    def choose(studies: OpenStudies) -> None:
        assert overlay.correction is not None
        tools = studies.study.mask_tools
        studies.study.set_mask_tools(replace(tools, chosen=ref(overlay.correction.mask)))

    return choose


def _drawings(state: StudyState) -> Iterator[tuple[str, Callable[[OpenStudies], None]]]:
    drawn = state.unsaved_drawings(outlives_window)
    if state.scan is not None and drawn:
        name = visible_line(state.scan.name)
        yield tr("{drawings} on '{scan}'", drawings=_counted(drawn), scan=name), lambda _: None


def _counted(drawn: Drawings) -> str:
    """Such as "2 measurements and 1 annotation"."""
    rois, annotations = len(drawn.rois), len(drawn.annotations)
    counts = []
    if rois:
        several = tr("{count} measurements", count=rois)
        counts.append(tr("1 measurement") if rois == 1 else several)
    if annotations:
        several = tr("{count} annotations", count=annotations)
        counts.append(tr("1 annotation") if annotations == 1 else several)
    return tr(" and ").join(counts)


_EXPORTED = mark(
    "It was written to {path}; the JSON file beside it says how it was made. Research use only."
)
RESULTS = LossKind(
    _results,
    mark("Not exported yet:\n{losses}"),
    mark("Close without exporting?"),
    mark("Close without exporting"),
    mark("Export\u2026"),
    mark("Export"),
    mark("Choose a file for the result; nothing is closed"),
    "export-nifti",
    EXPORT,
    _EXPORTED,
)
MASKS = LossKind(
    _masks,
    mark("Not saved yet:\n{losses}"),
    mark("Close without saving?"),
    mark("Close without saving"),
    mark("Save\u2026"),
    mark("Save"),
    mark("Choose a file for the mask; nothing is closed"),
    "save-mask",
    EXPORT,
    _EXPORTED,
)
DRAWINGS = LossKind(
    _drawings,
    mark("Drawn, and in no saved session yet:\n{losses}"),
    mark("Close without saving?"),
    mark("Close without saving"),
    mark("Save session\u2026"),
    mark("Save session"),
    mark("Choose a file for every open study with what is drawn on it; nothing is closed"),
    "save-session",
    SAVE,
    mark("The session was written to {path}; it holds every open study with what is drawn on it."),
)
KINDS = (RESULTS, MASKS, DRAWINGS)  # in the order in which they are offered to be kept


def losses_of(
    studies: OpenStudies, numbers: Sequence[int], kinds: Sequence[LossKind] = KINDS
) -> tuple[Loss, ...]:
    """What the closing of studies would lose.

    Args:
        studies: What is open.
        numbers: Positions of the studies in the tabs, from 0.
        kinds: Those that count.

    Returns:
        The losses by kind, and by study.
    """
    states = studies.states
    return tuple(
        Loss(kind, number, title, choose)
        for kind in kinds
        for number in numbers
        for title, choose in kind.found(states[number])
    )
