"""The result of one volume of a batch, computed and written to a draft."""

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from srviewer.core.volumes.volume import (
    SEGMENTATION_CODES,
    ScanHeader,
    Volume,
    blocking_warnings,
)
from srviewer.errors import InDoubt, Unsupported, UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.io.targets import Export, Written, target
from srviewer.job import Job, within
from srviewer.sr.batch.items import Item
from srviewer.sr.batch.settings import Settings
from srviewer.sr.inputs.segmentations import segmentation_reason
from srviewer.sr.requests.memory import free_bytes
from srviewer.sr.requests.request import Request, suggested_request
from srviewer.sr.results.doubts import find_regions
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts
from srviewer.sr.results.unscored import unscored
from srviewer.sr.slabs.choice import choose_slabs
from srviewer.sr.slabs.files import SlabFiles, Write, written_in_slabs
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.trust.gain_of_result import reconstruct_with_gain

FOUND = 0.02  # the share of one volume's job in which it is found again
Values: TypeAlias = dict[str, Any]  # a provenance
Made: TypeAlias = tuple[ReconstructionFacts | Joined, Values, str]  # and a message


def reconstruct_item(item: Item, settings: Settings, home: Path, draft: Path) -> Job[Made]:
    """Reconstruct a volume and write it to a draft.

    Args:
        item: The volume.
        settings: Of the reconstruction.
        home: The folder of the results.
        draft: The file or folder to write.

    Returns:
        A job with the facts of the result, its provenance and a message.

    Raises:
        UserError: It cannot be reconstructed.
    """
    series = yield from within(_series_of(item), 0.0, FOUND)
    room = min(settings.room, free_bytes())
    choice = choose_slabs(series, 0, settings.slabs, lambda scan: _request(scan, settings), room)
    job = (
        _in_memory(series, item, settings, home, draft)
        if choice.source is None
        else _in_slabs(choice.source, item, settings, home, draft)
    )
    result, values, remark = yield from within(job, FOUND, 1.0)
    return result, values, " ".join(filter(None, (choice.message, remark)))


def join_item(item: Item, settings: Settings, home: Path, draft: Path) -> Job[Made]:
    """Join stacks and write the volume to a draft.

    Args:
        item: The stacks.
        settings: Of the join.
        home: The folder of the results.
        draft: The file or folder to write.

    Returns:
        A job with the facts of the result, its provenance and a message.

    Raises:
        UserError: They cannot be joined.
    """
    stacks = []
    for stack in item.stacks:
        scan = yield from within((yield from _series_of(stack)).read(0), 0.0, 0.1)
        _check(scan, settings)
        stacks.append(scan)
    asked = settings.request
    request = JoinRequest(
        motion=settings.motion,
        method=asked.method,
        model=asked.model,
        device=asked.device,
        precision=settings.precision or asked.precision,
        model_reason=asked.model_reason,
    )
    result = yield from within(join(stacks, request), 0.1, 0.9)
    values = result.provenance()
    job = _writer(item, settings, home, draft)(result.volume, stacks[0], values)
    written = yield from within(job, 0.9, 1.0)
    message = f"Joined from {', '.join(scan.name for scan in stacks)}."
    return result, values, " ".join(filter(None, (message, written.remark)))


def _in_memory(
    series: Series, item: Item, settings: Settings, home: Path, draft: Path
) -> Job[Made]:
    scan = yield from within(series.read(0), 0.0, 0.1)
    _check(scan, settings)
    result = yield from within(reconstruct_with_gain(scan, _request(scan, settings)), 0.1, 0.88)
    regions = yield from within(find_regions(result, scan), 0.88, 0.9)
    values = unscored(result, scan, regions)
    job = _writer(item, settings, home, draft)(result.volume, scan, values)
    written = yield from within(job, 0.9, 1.0)
    return result, values, written.remark


def _writer(item: Item, settings: Settings, home: Path, draft: Path) -> Write:
    """The writer of a draft, by the target of the batch."""
    kind = target(settings.target)

    def write(volume: Volume, scan: Volume, values: Values) -> Job[Written]:
        export = Export(
            volume,
            kind.given(home),
            values,
            settings.store,
            item.sources[0],
            scan,
            form=settings.form,
            link=settings.link_of(item.data_set),
        )
        return Written(draft, remark=(yield from kind.draft(export, draft)))

    return write


def _in_slabs(
    source: PlaneByPlane, item: Item, settings: Settings, home: Path, draft: Path
) -> Job[Made]:
    request = _request(source.header, settings)
    streams = target(settings.target).streams and settings.link_of(item.data_set) is None
    files = SlabFiles(
        draft,
        lambda scan, result: unscored(result, scan, result.regions),
        lambda scan: _check(scan, settings),
        settings.store,
        None if streams else _writer(item, settings, home, draft),
    )
    written = yield from written_in_slabs(source, request, files)
    return written.result, written.provenance, written.output.remark


def changed_item(item: Item) -> UserError:
    """The error of a volume whose files are others than when the batch was planned.

    Args:
        item: The volume.

    Returns:
        The error.
    """
    return UserError(f"'{item.name}' has changed since the batch was planned. Run it again.")


def _series_of(item: Item) -> Job[Series]:
    listing = yield from scan(item.sources, item.root)
    if len(listing.series) <= item.place:
        raise changed_item(item)
    return listing.series[item.place]


def _check(volume: ScanHeader, settings: Settings) -> None:
    """Raise InDoubt for a scan whose warnings are not acknowledged, Unsupported for labels."""
    if reason := segmentation_reason(volume.warnings):
        doubts = [
            warning.message for warning in volume.warnings if warning.code in SEGMENTATION_CODES
        ]
        raise Unsupported(" ".join(doubts), reason)
    unsound = blocking_warnings(volume.warnings)
    if unsound and not settings.acknowledge:
        messages = " ".join(warning.message for warning in unsound)
        raise InDoubt(
            f"{messages} Look at it, then give --acknowledge to reconstruct it all the same."
        )


def _request(volume: ScanHeader, settings: Settings) -> Request:
    suggested = suggested_request(volume, settings.axis, settings.request.model)
    factor = suggested.factor if settings.factor is None else settings.factor
    precision = settings.precision or settings.request.precision
    return replace(settings.request, axis=suggested.axis, factor=factor, precision=precision)
