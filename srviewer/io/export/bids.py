"""Results in a BIDS data set, below derivatives/srviewer and named by its rules."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_text
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.documents import read_document
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.job import Job
from srviewer.unwritable import check_target, make_folder

VERSION = "1.9.0"
PIPELINE = Path("derivatives", "srviewer")
DESCRIPTION = "dataset_description.json"
# The entities of an image's name in the order that BIDS gives them.
ORDER = (
    " sub ses sample task tracksys acq nuc voi ce trc stain rec dir run mod echo flip inv mt part "
    "proc hemi space split recording chunk seg res den label desc "
)
CONTRASTS = ("T1w", "T2w", "FLAIR", "PDw", "T2starw", "inplaneT1", "inplaneT2")
NAME = re.compile(r"(sub-[a-zA-Z0-9]+(?:_[a-z]+-[a-zA-Z0-9+]+)*)_([a-zA-Z0-9]+)\.nii(?:\.gz)?")
LABEL = re.compile(r"[a-zA-Z0-9]+")


@dataclass(frozen=True)
class BidsName:
    """The name of an image by the rules of BIDS.

    Attributes:
        entities: The label of each key, "sub" among them.
        suffix: The contrast, such as "T2w".
    """

    entities: Mapping[str, str]
    suffix: str

    def derived(self) -> "BidsName":
        """The name of the image's result, with desc-sr."""
        return BidsName({**self.entities, "desc": "sr"}, self.suffix)

    @property
    def folder(self) -> Path:
        """The folder of the image in a data set."""
        parts = [f"{key}-{self.entities[key]}" for key in ("sub", "ses") if key in self.entities]
        return Path(*parts, "anat")

    @property
    def stem(self) -> str:
        """The file's name without its ending, entities in the order of BIDS."""
        keys = sorted(self.entities, key=_rank)
        return "_".join([*(f"{key}-{self.entities[key]}" for key in keys), self.suffix])


def name_of(path: Path) -> BidsName | None:
    """Parse a file's name by the rules of BIDS.

    Args:
        path: The file.

    Returns:
        Its entities and suffix; None when the name does not follow the rules.
    """
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    entities = dict(part.split("-", 1) for part in match[1].split("_"))
    return BidsName(entities, match[2])


def name_of_join(names: Sequence[BidsName]) -> BidsName:
    """Build the name of stacks that are joined.

    Args:
        names: Of the stacks, at least one; the suffix is that of the first.

    Returns:
        The entities that all have in common, and an acq- that ends with "joined".
    """
    common = dict(names[0].entities)
    for name in names[1:]:
        common = {k: v for k, v in common.items() if name.entities.get(k) == v}
    return BidsName({**common, "acq": f"{common.get('acq', '')}joined"}, names[0].suffix)


def given_name(
    subject: str, contrast: str, session: str = "", known: BidsName | None = None
) -> BidsName:
    """Build the name of a scan from outside a data set.

    Args:
        subject: The label of the person, with or without "sub-".
        contrast: One of ``CONTRASTS``, or the suffix of ``known``.
        session: The label of the visit, with or without "ses-"; "" for none.
        known: The name that the scan has, whose other entities stay; None for none.

    Returns:
        The name.

    Raises:
        UserError: BIDS does not allow a label, or does not know the contrast.
    """
    label, visit = subject.removeprefix("sub-"), session.removeprefix("ses-")
    if not LABEL.fullmatch(label):
        raise UserError(
            f"'{subject}' is no BIDS label of a person: letters and digits only, such as sub-01."
        )
    if visit and not LABEL.fullmatch(visit):
        raise UserError(
            f"'{session}' is no BIDS label of a session: letters and digits only, such as ses-02."
        )
    if contrast not in CONTRASTS and (known is None or contrast != known.suffix):
        raise UserError(f"'{contrast}' is no contrast of BIDS. Known: {', '.join(CONTRASTS)}.")
    entities = {} if known is None else dict(known.entities)
    entities.pop("ses", None)
    return BidsName({**entities, "sub": label, **({"ses": visit} if visit else {})}, contrast)


def derivative_path(root: Path, name: BidsName) -> Path:
    """The path of a scan's result in a data set.

    Args:
        root: The data set.
        name: The name of the scan.

    Returns:
        A path below derivatives/srviewer that ends with .nii.gz.
    """
    derived_name = name.derived()
    return root / PIPELINE / derived_name.folder / f"{derived_name.stem}.nii.gz"


def check_data_set(root: Path) -> None:
    """Check that a data set can take results.

    Args:
        root: The data set.

    Raises:
        UserError: The folder does not exist, or another program's data lie in derivatives/srviewer.
    """
    if not root.is_dir():
        raise UserError(f"The data set '{root}' does not exist. Create its folder first.")
    check_generator(root / PIPELINE)


def check_derivative(root: Path, name: BidsName) -> None:
    """Check that a result can be written to a data set; nothing is created yet.

    Args:
        root: The data set.
        name: The name of the scan.

    Raises:
        UserError: As in ``check_data_set``, or the file cannot be written.
    """
    check_data_set(root)
    target = derivative_path(root, name)
    if target.parent.exists():
        check_target(target)


def write_derivative(
    volume: Volume,
    root: Path,
    name: BidsName,
    source: Path,
    provenance: Mapping[str, object],
    overwrite: bool = False,
) -> Job[Path]:
    """Write a result into a data set.

    The image and its sidecar are written both or neither, then the description of the derivatives
    where there is none.

    Args:
        volume: The result.
        root: The data set.
        name: The name of the scan.
        source: The file that was opened as the scan.
        provenance: The source, request and model of the result.
        overwrite: Replace also the result of another scan.

    Returns:
        The path of the image.

    Raises:
        UserError: As in ``check_derivative`` and ``srviewer.io.export.image.write_image``.
    """
    root = root.absolute()
    check_derivative(root, name)
    target = derivative_path(root, name)
    make_folder(target.parent)
    yield from write_described(volume, target, root, source, provenance, overwrite)
    describe(root / PIPELINE, root)
    return target


def write_described(
    volume: Volume,
    target: Path,
    root: Path,
    source: Path,
    provenance: Mapping[str, object],
    overwrite: bool = False,
) -> Job[None]:
    """Write a result with the sidecar of a BIDS derivative.

    Args:
        volume: The result.
        target: The path of the image.
        root: The data set, to which the sidecar's sources are relative.
        source: The file that was opened as the scan.
        provenance: The source, request and model of the result.
        overwrite: Replace also the result of another scan.
    """
    described = _sidecar(volume, root, source, provenance)
    yield from write_image(volume, target, provenance, described=described, overwrite=overwrite)


def describe(folder: Path, root: Path, beside: Sequence[str] = ()) -> None:
    """Write the description of srviewer's derivatives, and .bidsignore, unless they exist.

    Args:
        folder: The folder of the derivatives.
        root: The data set that they are of.
        beside: Patterns of what lies there beside the results, for .bidsignore.
    """
    description, ignored = folder / DESCRIPTION, folder / ".bidsignore"
    if not description.exists():
        write_text(description, json.dumps(_description(folder, root), indent=2) + "\n")
    if beside and not ignored.exists():
        write_text(ignored, "".join(f"{pattern}\n" for pattern in beside))


def _rank(key: str) -> int:
    """The position of an entity in a name; one that BIDS does not know comes before "desc"."""
    position = ORDER.find(f" {key} ")
    return ORDER.index(" desc ") - 1 if position < 0 else position


def _sidecar(
    volume: ScanHeader, root: Path, source: Path, provenance: Mapping[str, object]
) -> dict[str, object]:
    stacks = volume.source.paths if "stacks" in provenance and volume.source else ()
    cited = _cited(source, root)
    how = f"refined along {provenance.get('axis', AXIS_NAMES[2])}"
    spacing = " x ".join(f"{mm:.4g}" for mm in volume.geometry.spacing)
    return {
        "Description": f"Thin slices estimated from thick ones. {RESEARCH_USE_ONLY}",
        "Resolution": f"{spacing} mm, {'joined from several stacks' if stacks else how}",
        "Sources": [_cited(path, root) for path in stacks] or [cited],
        "SpatialReference": cited,
        "SkullStripped": False,
        "GeneratedBy": [_generator()],
    }


def _cited(source: Path, root: Path) -> str:
    if source.resolve().is_relative_to(root.resolve()):
        return f"bids:raw:{source.resolve().relative_to(root.resolve()).as_posix()}"
    return source.name  # of a file elsewhere: where it lies is no one else's business


def _description(folder: Path, root: Path) -> dict[str, object]:
    raw = _link(folder, root)
    return {
        "Name": "srviewer: thick slices reconstructed thin",
        "BIDSVersion": VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [_generator()],
        "SourceDatasets": [{"URL": raw}],
        "DatasetLinks": {"raw": raw},
    }


def _link(folder: Path, root: Path) -> str:
    """The address of the data set from the folder of its derivatives."""
    try:
        relative = os.path.relpath(root.resolve(), folder.resolve())
    except ValueError:  # on another drive of Windows
        return root.resolve().as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")))


def _generator() -> dict[str, str]:
    return {"Name": "srviewer", "Version": __version__, "Description": RESEARCH_USE_ONLY}


def check_generator(folder: Path) -> None:
    """Check that no data of other software lie in a folder of derivatives.

    Args:
        folder: The folder, which need not exist.

    Raises:
        UserError: They do.
    """
    path = folder / DESCRIPTION
    if not path.exists():
        return
    try:
        makers = read_document(path, strict=False)["GeneratedBy"]
        ours = any(maker["Name"] == "srviewer" for maker in makers)
    except (OSError, ValueError, LookupError, TypeError):
        ours = False
    if not ours:
        raise UserError(
            f"'{path}' was not written by srviewer, so nothing is written beside it. Move that "
            "folder away, or choose another data set."
        )
