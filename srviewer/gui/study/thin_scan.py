"""A thin scan as the reference of another open study."""

from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.study_controller import TRUTH, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.sr.references.truth import placed_truth
from srviewer.study.state.held_file import held_in
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
    single = origin is not None and len(origin.series.sources) == 1 and origin.frame == 0
    path = origin.series.sources[0] if origin is not None and single else None

    def keep(volume: Volume) -> None:
        if path is not None:
            held_in(path, volume)
        reference = Reference(volume, meaning, None)
        controller.studies.change(scan, lambda state: state.with_reference(reference))
        others = [state.scan for state in controller.studies.states]
        controller.studies.show(next(n for n, other in enumerate(others) if other is scan))

    grid = None if target.result is None else target.result.volume.geometry
    controller.work.start(
        TRUTH,
        tr("Loading {name}", name=thin.name),
        placed_truth(thin, thin.name, scan, grid),
        keep,
        lambda: any(state.scan is scan for state in controller.studies.states),
    )
