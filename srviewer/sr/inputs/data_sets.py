"""BIDS data sets: the root of one, its participants and sessions, and their anatomical images."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from pathspec import GitIgnoreSpec

from srviewer.core.volumes.source_files import path_without_dots
from srviewer.errors import UserError
from srviewer.io.bids.anat_suffixes import BIDS_VERSION, IMAGES, LABELS, NoMagnitude, no_magnitude
from srviewer.io.scans.segmentation_names import SUFFIXES as SEGMENTATIONS

DATA_SET_MARK = "dataset_description.json"
IGNORE_FILE = ".bidsignore"
DERIVATIVES = "derivatives"
IGNORED = NoMagnitude("is named in .bidsignore", "files in .bidsignore")
PREFIXES = {"participant": "sub-", "session": "ses-"}
MOST_LABELS = 30  # that a message lists


@dataclass(frozen=True)
class DataSetPart:
    """Some participants and sessions of a data set.

    Attributes:
        root: The folder with dataset_description.json.
        participants: Labels without "sub-"; empty for all.
        sessions: Labels without "ses-"; empty for all, and images without a session.
    """

    root: Path
    participants: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()

    def holds(self, source: str) -> bool:
        """Whether a scan belongs to this part.

        Args:
            source: The path of the scan below the root.

        Returns:
            True where its folders have labels of this part.
        """
        participant, session = _labels_of(PurePosixPath(source).parts)
        return (not self.participants or participant in self.participants) and (
            not self.sessions or session in self.sessions
        )


def is_data_set(folder: Path) -> bool:
    """Whether a folder is the root of a BIDS data set.

    Args:
        folder: Any path.

    Returns:
        True where it holds a dataset_description.json.
    """
    return (folder / DATA_SET_MARK).is_file()


def data_set_part(
    folder: Path, participants: Sequence[str] = (), sessions: Sequence[str] = ()
) -> DataSetPart:
    """Find the data set of a folder, and the part of it that is meant.

    Args:
        folder: The root of a data set, or the folder of a subject or session in it, which is then
            the only one.
        participants: Labels, with or without "sub-"; empty for all.
        sessions: Labels, with or without "ses-"; empty for all.

    Returns:
        The part.

    Raises:
        UserError: It is no such folder, or has no such labels.
    """
    folder = path_without_dots(folder)
    if not folder.is_dir():
        what = "is a file and no folder" if folder.exists() else "does not exist"
        raise UserError(f"'{folder}' {what}. Name the root of a BIDS data set.")
    root = next((path for path in (folder, *folder.parents) if is_data_set(path)), None)
    if root is None:
        raise UserError(
            f"Neither '{folder}' nor a folder above it has a {DATA_SET_MARK}, as the root of a "
            "BIDS data set has. Name that root, or a subject's folder in it; 'srviewer batch' "
            "takes any folder of scans."
        )
    participant, session = _labels_of(folder.relative_to(root).parts)
    if folder != root and not participant:
        raise UserError(
            f"'{folder}' is no subject's folder of the data set '{root}'. Name that root, or a "
            "folder sub-... in it."
        )
    people = (participant,) if participant else _labels(root.glob("sub-*"))
    if not people:
        raise UserError(f"The data set '{root}' has no folder sub-... of a participant.")
    chosen = _chosen("participant", participants, people, root)
    folders = [root / f"sub-{label}" for label in chosen or people]
    visits = (session,) if session else _labels(v for one in folders for v in one.glob("ses-*"))
    chosen_visits = _chosen("session", sessions, visits, root)
    return DataSetPart(
        root,
        chosen or (people if participant else ()),
        chosen_visits or (visits if session else ()),
    )


def images_of(part: DataSetPart) -> tuple[list[Path], list[tuple[Path, NoMagnitude]]]:
    """List the anatomical images of a data set, without those of derivatives and source data.

    Args:
        part: Of the data set.

    Returns:
        The images that can be reconstructed, and the others with the reason: those that .bidsignore
        says are none of the data set, maps, masks, phases, and names without a suffix of ``anat``;
        both sorted.
    """
    root = part.root
    every = sorted([*root.glob("sub-*/anat/sub-*.nii*"), *root.glob("sub-*/ses-*/anat/sub-*.nii*")])
    ignores = _ignored(root)
    images: list[Path] = []
    left_out: list[tuple[Path, NoMagnitude]] = []
    for path in every:
        below = path.relative_to(root).as_posix()
        if part.holds(below):
            reason = IGNORED if ignores.match_file(below) else _no_image(path)
            if reason is None:
                images.append(path)
            else:
                left_out.append((path, reason))
    return images, left_out


def _no_image(path: Path) -> NoMagnitude | None:
    *parts, suffix = stem(path).split("_")
    if reason := no_magnitude(dict(part.partition("-")[::2] for part in parts), suffix):
        return reason
    if suffix in IMAGES:
        return None
    if suffix in SEGMENTATIONS:
        return NoMagnitude("is a mask or label map by its name", LABELS)
    text = (
        f"has a name that ends with '{suffix}', which is no suffix of anat in BIDS {BIDS_VERSION}"
    )
    return NoMagnitude(text, "files without a suffix of anat")


def check_place_of_results(folder: Path, root: Path) -> None:
    """Check that a folder of results is none in which the data set has its own data.

    Args:
        folder: The folder of results, which need not exist.
        root: The data set.

    Raises:
        UserError: It lies in the data set, but not in a folder of its own below derivatives.
    """
    place, base = folder.resolve(), root.resolve()
    if not place.is_relative_to(base):
        return
    parts = place.relative_to(base).parts
    if len(parts) < 2 or parts[0] != DERIVATIVES:
        raise UserError(
            f"The results would lie among the data of '{root}'. Name "
            f"'{root / DERIVATIVES / 'srviewer'}', or a folder outside of the data set."
        )


def stem(path: Path) -> str:
    """The name of an image without its endings.

    Args:
        path: The image.

    Returns:
        Such as "sub-01_T1w" of "sub-01_T1w.nii.gz".
    """
    return re.sub(r"(\.nii)?(\.gz)?$", "", path.name) if ".nii" in path.name else path.stem


def _labels_of(parts: Sequence[str]) -> tuple[str, str]:
    """(participant, session) of the folders on a path below the root; "" where it has none."""
    participant = parts[0] if parts and parts[0].startswith("sub-") else ""
    session = parts[1] if participant and len(parts) > 1 and parts[1].startswith("ses-") else ""
    return participant.removeprefix("sub-"), session.removeprefix("ses-")


def _chosen(
    what: Literal["participant", "session"], asked: Sequence[str], known: Sequence[str], root: Path
) -> tuple[str, ...]:
    """The labels that were asked for, without prefix; UserError for one that is not known."""
    labels = tuple(dict.fromkeys(label.removeprefix(PREFIXES[what]) for label in asked))
    unknown = [label for label in labels if label not in known]
    if unknown:
        more = f" and {len(known) - MOST_LABELS} more" if len(known) > MOST_LABELS else ""
        listed = f"There are: {', '.join(known[:MOST_LABELS])}{more}."
        there = listed if known else "No scan there has one."
        raise UserError(f"There is no {what} '{', '.join(unknown)}' in '{root}'. {there}")
    return labels


def _labels(folders: Iterable[Path]) -> tuple[str, ...]:
    return tuple(sorted({path.name.partition("-")[2] for path in folders if path.is_dir()}))


def _ignored(root: Path) -> GitIgnoreSpec:
    """The patterns of .bidsignore, which has the syntax of .gitignore."""
    try:
        lines = (root / IGNORE_FILE).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        lines = ""
    return GitIgnoreSpec.from_lines(lines.splitlines())
