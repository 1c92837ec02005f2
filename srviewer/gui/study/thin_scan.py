"""A thin scan as the reference of another open study."""

from contextlib import suppress

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.study.study_controller import TRUTH, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.io.files.content import stamp_of
from srviewer.job import Job, within
from srviewer.sr.references.truth import placed_truth
from srviewer.study.state.held_file import held_in
from srviewer.study.state.origin import Origin
from srviewer.study.state.reference import Reference
from srviewer.study.state.study_state import StudyState


def has_nothing_to_reconstruct(state: StudyState) -> bool:
    """Whether the slices of the open scan are as thin as their pixels.

    Args:
        state: The study.

    Returns:
        False also where no scan is open.
    """
    return state.scan is not None and state.scan.geometry.thick_axis is None


def thick_studies(controller: StudyController) -> tuple[StudyState, ...]:
    """The other open studies that a thin scan can be the reference of.

    Args:
        controller: Its shown study is left out.

    Returns:
        Those with a thick axis, in the order of their tabs.
    """
    shown = controller.study.scan
    return tuple(
        state
        for state in controller.studies.states
        if state.scan is not None
        and state.scan is not shown
        and state.scan.geometry.thick_axis is not None
    )


def use_as_reference(controller: StudyController, target: StudyState) -> None:
    """Score the results of another study against the scan that is shown, and show that study.

    Args:
        controller: The shown scan must lie on the grid of the other's result, or on a finer one of
            its scan; else ``controller.failed`` says what differs.
        target: One of ``thick_studies``.
    """
    thin, origin, scan = controller.study.scan, controller.study.state.origin, target.scan
    if thin is None or scan is None:
        return
    meaning = tr("the open scan '{name}'", name=thin.name)

    def keep(volume: Volume) -> None:
        reference = Reference(volume, meaning, None)
        controller.studies.change(scan, lambda state: state.with_reference(reference))
        others = [state.scan for state in controller.studies.states]
        controller.studies.show(next(n for n, other in enumerate(others) if other is scan))

    grid = None if target.result is None else target.result.volume.geometry
    controller.work.start(
        TRUTH,
        tr("Loading {name}", name=thin.name),
        _noted(placed_truth(thin, thin.name, scan, grid), origin),
        keep,
        lambda: any(state.scan is scan for state in controller.studies.states),
    )


def _noted(placing: Job[Volume], origin: Origin | None) -> Job[Volume]:
    """Place the reference, and note the file that holds it where that was not changed since."""
    volume = yield from within(placing, 0.0, 0.9)
    if origin is None or len(origin.series.sources) != 1 or origin.frame != 0:
        return volume
    path, identify = origin.series.sources[0], origin.series.identify
    stamp = stamp_of(path)
    if identify is not None and stamp is not None:
        with suppress(UserError):  # it was changed
            yield from within(identify(0), 0.9, 1.0)
            held_in(path, volume, stamp)
    return volume
