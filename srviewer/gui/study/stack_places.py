"""Shows a stack of a join before and after it was moved, below the scan."""

from srviewer.core.volumes.volume import Volume
from srviewer.gui.study.study_controller import LOAD, StudyController
from srviewer.gui.texts.translation import tr
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.places import both_places
from srviewer.study.state.compared_volumes import ORIGINAL


def show_places(controller: StudyController, joined: Joined, number: int) -> None:
    """Compare the scan with a stack by its header and as it was found, on the grid of the result.

    Args:
        controller: The open study, with the join among its results.
        joined: The join.
        number: Of the stack, from 0; its scan must be open.
    """
    study, stack = controller.study, joined.stacks[number]
    shown, scan = study.scan, controller.joining.scan_of(joined, number)
    if shown is None or scan is None:
        return
    names = (tr("{name}, by its header", name=stack.name), tr("{name}, as found", name=stack.name))

    def keep(volumes: tuple[Volume, ...]) -> None:
        kept, keys = study.compared_volumes, []
        for volume, name in zip(volumes, names, strict=False):
            there = next((entry for entry in kept.loaded if entry.name == name), None)
            if there is not None:  # it was shown before
                kept = kept.without(there.key)
            kept = kept.with_loaded(volume, name)
            keys.append(kept.loaded[-1].key)
        study.keep(kept.showing((ORIGINAL, *keys)))

    controller.work.start(
        LOAD,
        tr("Placing {name}", name=stack.name),
        both_places(scan, stack, joined.volume.geometry),
        keep,
        lambda: study.scan is shown,
        scan=shown,
    )
