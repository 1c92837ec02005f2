"""The volumes of a batch, and the paths of their results."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.source_files import common_folder, name_below, path_without_dots
from srviewer.errors import UserError
from srviewer.io.bids.anat_suffixes import IMAGES, no_magnitude
from srviewer.io.bids.names import OF_RESULTS, name_of
from srviewer.io.files.companions import COMPANIONS, is_companion
from srviewer.io.formats import scan
from srviewer.io.scans.series import NothingOpened, Problem, ScanListing, Series
from srviewer.io.targets import NIFTI, Target
from srviewer.job import Job, Progress, within
from srviewer.sr.inputs.data_sets import (
    DataSetPart,
    images_of,
    is_data_set,
    stem,
)
from srviewer.sr.inputs.segmentations import segmentation_reason

UNNAMED = "has no subject and no contrast in its name, as a BIDS data set needs"
UNNAMED_KIND = "volumes without a BIDS name"
ABSENT = "is a link to a file that is not there: fetch it, or mount its drive"
NOTHING = "There is no volume in what was given. Name files, folders or BIDS trees."
NO_IMAGE = (
    "There is no anatomical image in this part of the data set: none in a folder anat whose name "
    f"ends with {', '.join(IMAGES)}."
)
LONGEST_STEM = 140  # bytes of a result's name before its endings; systems take 255 in all


ItemKey: TypeAlias = tuple[tuple[Path, ...], int]  # files, and number of the series in them


@dataclass(frozen=True)
class Item:
    """One volume to reconstruct.

    Attributes:
        name: Of its series.
        sources: Its files, as absolute paths, which workers see too.
        place: The number of its series among those in these files, from 0.
        alone: Whether these files hold no other series.
        root: The folder that holds all inputs of the batch.
        output: The path of the result within the output folder, unless that belongs to another
            source.
        crowded: Whether an earlier item has the same ``output``.
        stacks: The stacks that are joined, the first as the reference; () for a single volume.
        data_set: The BIDS data set that was given and that holds it; None for others.
    """

    name: str
    sources: tuple[Path, ...]
    place: int
    alone: bool
    root: Path
    output: PurePosixPath
    crowded: bool
    stacks: tuple["Item", ...] = ()
    data_set: Path | None = None

    @property
    def source_name(self) -> str:
        """The path of its first file below ``root``, for the user."""
        return name_below(self.root, self.sources[0])


@dataclass(frozen=True)
class SkippedVolume:
    """A volume that is not reconstructed.

    Attributes:
        name: Of the volume or file.
        reason: The end of a sentence that begins with the name.
        broken: Whether it is an image that cannot be read.
        kind: A noun in the plural, the same for all with this reason; "" where broken.
        source: As ``Item.source_name``; "" where it is not known.
    """

    name: str
    reason: str
    broken: bool
    kind: str = ""
    source: str = ""


@dataclass(frozen=True)
class Selection:
    """The volumes in the inputs of a batch.

    Attributes:
        items: To be reconstructed.
        left_out: Those that are not.
        data_sets: The inputs that are BIDS trees.
        series: Of each item, by files and place.
    """

    items: tuple[Item, ...]
    left_out: tuple[SkippedVolume, ...]
    data_sets: tuple[Path, ...]
    series: Mapping[ItemKey, Series] = field(default_factory=dict, repr=False)


def select(
    paths: Sequence[Path],
    thin_too: bool,
    target: Target = NIFTI,
    part: DataSetPart | None = None,
    entities: Mapping[str, str] = OF_RESULTS,
) -> Job[Selection]:
    """List the volumes in files, folders, glob patterns and BIDS trees.

    Args:
        paths: The inputs.
        thin_too: Also volumes without a thick axis.
        target: The export target, which names the results.
        part: Of the data set that is the only path; None for all.
        entities: Those of BIDS that the names of results have.

    Returns:
        A job whose result is the volumes, each once, and those that are left out.

    Raises:
        UserError: A path does not exist, a pattern matches nothing, or there is no volume at all.
    """
    roots, shared = _expanded(paths)
    items: dict[ItemKey, Item] = {}  # each once, however it was given
    found: dict[ItemKey, Series] = {}
    left_out: list[SkippedVolume] = []
    taken: set[PurePosixPath] = set()
    for number, root in enumerate(roots):
        if is_companion(root):
            source = name_below(shared, root)
            reason = "is a companion file of macOS and no image"
            left_out.append(SkippedVolume(root.name, reason, False, COMPANIONS, source))
            continue
        files, others = _files_of(root, shared, part)
        span = number / len(roots), (number + 1) / len(roots)
        listing = yield from within(_listing(files), *span)
        left_out += others
        left_out += [
            SkippedVolume(problem.name, problem.text, True) for problem in listing.problems
        ]
        for series in listing.series:
            unsuitable = _unsuitable(series, thin_too)
            if unsuitable is not None:
                source = name_below(shared, series.sources[0])
                left_out.append(replace(unsuitable, source=source))
                continue
            item = _item(root, shared, series, listing.series, target, entities)
            if item is None:
                source = name_below(shared, series.sources[0])
                left_out.append(SkippedVolume(series.name, UNNAMED, False, UNNAMED_KIND, source))
            else:
                item = replace(item, crowded=item.output in taken)
                key = item.sources, item.place
                if items.setdefault(key, item) is item:
                    found[key] = series
                    taken.add(item.output)
    if not items and not left_out:
        raise UserError(NOTHING if part is None else NO_IMAGE)
    data_sets = tuple(filter(is_data_set, roots))
    return Selection(tuple(items.values()), tuple(left_out), data_sets, found)


def _expanded(paths: Sequence[Path]) -> tuple[list[Path], Path]:
    """The absolute paths, patterns expanded, each once; and the folder that holds all of them."""
    roots: dict[Path, None] = {}
    given: list[Path] = []
    for path in map(path_without_dots, paths):
        given.append(_without_pattern(path))
        if path.exists():
            matches = [path]
        elif set("*?[") & set(str(path)):
            start = Path(path.anchor)  # of a relative pattern: where we are
            matches = sorted(start.glob(str(path.relative_to(start))))
        else:
            raise UserError(f"'{path}' does not exist. Check the name, or mount its drive.")
        if not matches:
            raise UserError(f"The pattern '{path}' matches nothing. Check it.")
        # Not resolved: where a data set holds links, only the links have names that say something.
        roots.update(dict.fromkeys(matches))
    return list(roots), common_folder(given)


def _without_pattern(path: Path) -> Path:
    """The part of a path before its first wildcard, which does not depend on the matches."""
    if path.exists():
        return path
    parts = takewhile(lambda part: not set("*?[") & set(part), path.parts)
    return Path(*parts)


def _files_of(
    root: Path, shared: Path, part: DataSetPart | None
) -> tuple[list[Path], list[SkippedVolume]]:
    """What to look into, the path itself or the images of a data set, and what is left out."""
    if not is_data_set(root):
        return [root], []
    images, left_out = images_of(part or DataSetPart(root))
    skipped = [
        SkippedVolume(stem(path), reason.text, False, reason.kind, name_below(shared, path))
        for path, reason in left_out
    ]
    # Of a data set that is fetched in parts (DataLad, git-annex), the rest are such links.
    absent = [path for path in images if not path.exists()]
    skipped += [SkippedVolume(stem(p), ABSENT, True, "", name_below(shared, p)) for p in absent]
    return [path for path in images if path not in set(absent)], skipped


def _listing(files: Sequence[Path]) -> Job[ScanListing]:
    """List the series in files, with an empty list where nothing can be opened."""
    yield Progress(0.0, "Looking for volumes")
    if not files:
        return ScanListing((), 0)
    try:
        return (yield from scan(files))
    except NothingOpened as error:
        problems = error.problems or (Problem(files[0].name, str(error)),)
        return ScanListing((), len(files), problems)
    except UserError as error:
        return ScanListing((), len(files), (Problem(files[0].name, str(error)),))


def _unsuitable(series: Series, thin_too: bool) -> SkippedVolume | None:
    """The series as a volume that is left out; None when it is to be reconstructed."""
    if kind := segmentation_reason(series.warnings):
        return SkippedVolume(
            series.name, "is a mask or label map by its name or header", False, kind
        )
    name = name_of(series.sources[0]) if len(series.sources) == 1 else None
    if name is not None and (part := no_magnitude(name.entities, name.suffix)):
        return SkippedVolume(series.name, part.text, False, part.kind)
    if series.frames > 1:
        reason = f"holds {series.frames} volumes over time or direction; a batch reconstructs "
        return SkippedVolume(
            series.name, f"{reason}single ones", False, "series of several volumes"
        )
    if series.geometry.thick_axis is None and not thin_too:
        reason = f"has no thick axis ({_spacing(series.geometry)} mm)"
        return SkippedVolume(series.name, reason, False, "volumes without a thick axis")
    return None


def _item(
    root: Path,
    shared: Path,
    series: Series,
    others: Sequence[Series],
    target: Target,
    entities: Mapping[str, str],
) -> Item | None:
    """The series as an item; None where its name is not one that the target needs."""
    together = [other.index for other in others if other.sources == series.sources]
    inside = PurePosixPath(name_below(shared, series.sources[0])).parent
    single = len(series.sources) == 1
    name = stem(series.sources[0]) if single else series.name
    data_set = root if is_data_set(root) else None
    usual = inside / result_stem(name, None if data_set is None else entities)
    output = target.result_name(usual, series.sources[0], entities)
    if output is None:
        return None
    return Item(
        name=series.name,
        sources=series.sources,
        place=together.index(series.index),
        alone=len(together) == 1,
        root=shared,
        output=output,
        crowded=False,
        data_set=data_set,
    )


def result_stem(name: str, entities: Mapping[str, str] | None) -> str:
    """The name of a result without its ending.

    Args:
        name: Of the scan.
        entities: Those of BIDS that the result's name has, for a scan in a BIDS tree; else None.

    Returns:
        "scan_thin" for "scan"; in BIDS the contrast stays last: "sub-1_desc-sr_T1w".
    """
    if entities is not None:
        by_rules = name_of(Path(f"{name}.nii"))
        if by_rules is not None:
            return by_rules.naming(entities).derived().stem
        given, _, contrast = name.rpartition("_")
        return "_".join([given, *(f"{key}-{label}" for key, label in entities.items()), contrast])
    return re.sub(r"[^\w.+-]+", "_", f"{_shortened(name)}_thin").lstrip(".")


def _shortened(name: str) -> str:
    """A name that leaves room for a suffix and an ending."""
    stored = os.fsencode(name)
    if len(stored) <= LONGEST_STEM:
        return name
    mark = hashlib.sha256(stored).hexdigest()[:8]
    return f"{stored[:LONGEST_STEM].decode('utf-8', 'ignore')}-{mark}"


def _spacing(geometry: Geometry) -> str:
    return " x ".join(f"{mm:.3g}" for mm in geometry.spacing)
