"""The table that the expected gain is fitted on: true gains beside their predictors.

Thin volumes are made thick under many conditions and reconstructed; each row has the true gain
over cubic (PSNR over the foreground of the truth, in dB) and what the program can measure without
the truth. Each finished row is added to a file at once, and rows that are there already are not
done again.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pieces import middle_of
from benchmarks.slice_faults import black, brighter, moved
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.slice_profiles import Profile
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.slice_faults.faults import volume_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import simulate
from srviewer.sr.trust.gain_predictors import cut, gain_predictors, piece_of
from srviewer.sr.trust.restored_again import gains_restored

MEASURED_DEPTH = 8  # thick slices on which the self-test is done


@dataclass(frozen=True)
class Condition:
    """One way to make a thin volume thick. ``thickness``: over the spacing."""

    factor: int
    profile: Profile = "box"
    thickness: float = 1.0
    noise: float = 0.0
    fault: str = ""


FAULTS: dict[str, Callable[[Voxels], None]] = {
    "moved by 2": lambda slices: moved(slices, 2),
    "moved by 1": lambda slices: moved(slices, 1),
    "black slice": black,
    "10 % brighter": brighter,
}
C = Condition
# Each with the number of axes on which it is done, those that matter most first: a run that is cut
# short has whole parts of the table.
CONDITIONS: tuple[tuple[Condition, int], ...] = (
    (C(4), 2),
    (C(2), 2),
    (C(6), 1),
    (C(3), 1),
    (C(2, noise=0.03), 1),
    (C(4, thickness=0.5), 1),
    (C(4, noise=0.02), 1),
    (C(4, "gaussian"), 1),
    (C(4, thickness=0.7), 1),
    (C(3, thickness=0.85), 1),
    (C(2, "gaussian"), 1),
    (C(2, noise=0.02), 1),
    (C(2, noise=0.01), 1),
    (C(4, thickness=1.3), 1),
    (C(5), 1),
    (C(6, noise=0.01), 1),
)
FAULTY = tuple(C(4, fault=fault) for fault in FAULTS)
WHOLE = (C(4), 2)  # condition and axis of whole volumes


@dataclass(frozen=True)
class People:
    """The thin volumes of a table, one for each person.

    Attributes:
        paths: Their files.
        faulty: Those on which faults between slices are tried.
        whole: Those that are also measured whole, to see whether a piece speaks for all of it.
    """

    paths: Sequence[Path]
    faulty: Sequence[Path] = ()
    whole: Sequence[Path] = ()


def planned(people: People, side: int) -> Iterator[tuple[Path, Axis, Condition, int]]:
    """Every row of the table: all people for a condition before the next one.

    Args:
        people: The thin volumes.
        side: Only the middle of each, this many voxels; 0 for all.

    Yields:
        (file, axis, condition, side).
    """
    for condition, axes in CONDITIONS:
        for turn in range(axes):
            for number, path in enumerate(people.paths):
                yield path, (number + turn + condition.factor) % 3, condition, side
    for condition in FAULTY:
        for number, path in enumerate(people.faulty):
            yield path, number % 3, condition, side
    for path in people.whole:
        yield path, WHOLE[1], WHOLE[0], 0


def extended(table: Path, people: People, model: str, side: int) -> None:
    """Add the rows that a table lacks, one by one.

    Args:
        table: A file of one JSON object for each line.
        people: The thin volumes.
        model: The model.
        side: Only the middle of each, this many voxels; 0 for all.
    """
    done = {_key(row) for row in rows_of(table)}
    thin: dict[tuple[Path, int], Volume] = {}
    for path, axis, condition, edge in planned(people, side):
        name = path.name.split(".")[0]
        head = {"model": model, "person": name, "axis": AXIS_NAMES[axis], **asdict(condition)}
        head["side"] = edge
        if _key(head) in done:
            continue
        if (path, edge) not in thin:
            thin[path, edge] = middle_of(run(read(path)), edge)
        started = time.monotonic()
        row = {**head, **_measured(thin[path, edge], axis, condition, model)}
        row["seconds"] = round(time.monotonic() - started, 2)
        with table.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(_line(row), flush=True)


def rows_of(table: Path) -> list[dict[str, Any]]:
    """The rows of a table; none where there is no file."""
    text = table.read_text(encoding="utf-8") if table.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("model", "person", "axis", "side", *(field.name for field in fields(Condition)))
    return tuple(row[name] for name in names)


def _line(row: dict[str, Any]) -> str:
    restored = np.mean([each["ours"] - each["cubic"] for each in row["predictors"]["restored"]])
    named = " ".join(str(part) for part in _key(row)[1:])
    return f"{named}: true {row['gain']:+.2f} dB, restored again {restored:+.2f} dB"


def thick_scan(thin: Volume, axis: Axis, condition: Condition) -> tuple[Volume, Volume]:
    """The thick scan of a condition, and the truth on its refined grid."""
    degradation = Degradation(
        axis, condition.factor, condition.profile, condition.thickness, condition.noise
    )
    made = run(simulate(thin, degradation))
    spacing = made.thick.geometry.spacing[axis]
    scan = replace(made.thick, slice_thickness=condition.thickness * spacing)
    if condition.fault:
        voxels = np.array(scan.voxels)
        FAULTS[condition.fault](np.moveaxis(voxels, axis, 0))
        scan = replace(scan, voxels=voxels)
    return scan, made.truth


def _measured(thin: Volume, axis: Axis, condition: Condition, model: str) -> dict[str, Any]:
    scan, truth = thick_scan(thin, axis, condition)
    request = Request(axis, condition.factor, model=model, profile=condition.profile)
    request = replace(request, thickness_mm=scan.slice_thickness, device="cpu")
    codes = [w.code for w in slice_fault_warnings(run(volume_faults(scan)), scan.geometry)]
    result = run(reconstruct(scan, request))
    predictors = run(gain_predictors(scan, result))
    if predictors is None:
        raise SystemExit(f"'{thin.name}' is too small to be measured.")
    found = volume_intensity(truth)
    seen = found.foreground(truth.voxels)
    plain = cubic(scan.voxels, axis, thin_positions(scan.geometry.shape[axis], request.factor))
    ours, base = (
        psnr(truth.voxels, voxels, found.range, seen) or 0.0
        for voxels in (result.volume.voxels, plain)
    )
    return {
        "gain": ours - base,
        "cubic": base,
        "faults": codes,
        "predictors": asdict(predictors),
        "self_test": [asdict(row) for row in _self_test(scan, request)],
    }


def _self_test(scan: Volume, request: Request) -> Any:
    """The scan's own sharp axes, made thick and restored."""
    intensity = volume_intensity(scan)
    box = list(piece_of(scan, replace(request, factor=2), intensity))
    count = scan.geometry.shape[request.axis]
    depth = min(count, MEASURED_DEPTH)
    start = min(max(0, (box[request.axis].start or 0) // 2), count - depth)
    box[request.axis] = slice(start, start + depth)
    piece = cut(scan, (box[0], box[1], box[2]))
    thickness = (request.thickness_mm or 0) / scan.geometry.spacing[request.axis]
    return run(gains_restored(piece, request, thickness, intensity))
