"""The content of a session file: references to files, and the rest of each study's state."""

from dataclasses import dataclass, field, fields
from typing import Annotated, Any

from msgspec import Meta

from srviewer.codec import annotations_of, from_plain, to_plain
from srviewer.core.masks.editable_mask import MOST_LABELS
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.study.sessions.file_location import FileLocation
from srviewer.study.state.second_study import StudyLink
from srviewer.study.state.study_state import StudyState

MOST_PLACES = 100_000
LONGEST_TEXT = 200  # characters of a name
RESULT, LOADED = "result-", "loaded-"
Number = Annotated[int, Meta(ge=0, lt=2**31)]
Channel = Annotated[int, Meta(ge=0, le=255)]


@dataclass(frozen=True)
class SavedScan:
    """An opened scan: paths, the series in them, its time point.

    Attributes:
        files: the paths that were opened.
        uid: as in ``Series``.
        index: the series' number where several have that uid.
        frame: counts along the fourth dimension, from 0.
        sha256: the identity of its source, as ``ScanSource.sha256``; None where it is not known,
            as in files of version 0.1.0.
        name: what the study was called, cut; "" where it was not noted, as in earlier files.

    """

    files: Annotated[tuple[FileLocation, ...], Meta(min_length=1, max_length=MOST_PLACES)]
    uid: str
    index: Number
    frame: Number
    sha256: str | None = None
    name: Annotated[str, Meta(max_length=LONGEST_TEXT)] = ""


@dataclass(frozen=True)
class SavedResult:
    """A result and the locations of its NIfTI files.

    Attributes:
        image: the file.
        maps: the files of the maps that go with it, by the id of their kind.
        name: as the user calls it.
        current: whether it is the one that is scored.
        model: the name or the file of its model, "" in files of version 0.1.0; the sidecar has
            the name alone.
        scores: against the saved reference; None where it was not scored.

    """

    image: FileLocation
    maps: dict[str, FileLocation]
    name: str
    current: bool
    model: str = ""
    scores: ScoredPair | None = None


@dataclass(frozen=True)
class SavedReference:
    """A reference and its location.

    Attributes:
        image: The location of its file.
        meaning: A sentence for the user that says what it is.
        thin: Whether it is the thin scan that the open one was simulated from.
    """

    image: FileLocation
    meaning: str
    thin: bool


@dataclass(frozen=True)
class SavedLabel:
    """The name and the colour of a label of an overlay.

    Attributes:
        value: The label.
        name: Untrusted text; "" for none.
        colour: RGB, 0..255.
    """

    value: Number
    name: str
    colour: tuple[Channel, Channel, Channel]


@dataclass(frozen=True)
class SavedCount:
    """The number of voxels of a label.

    Attributes:
        value: The label.
        voxels: How many have it.
    """

    value: Number
    voxels: Annotated[int, Meta(ge=0, le=2**40)]


@dataclass(frozen=True)
class SavedOverlay:
    """An overlay and its location.

    Attributes:
        image: The location of its file.
        opacity: 0 to 1.
        threshold: In the unit of its values; None for labels, and for the default.
        names: The names and colours of its labels; None for those that come with its file, as in
            earlier files.
        hidden: The labels that are not drawn.
        outlined: Whether labels are drawn as outlines.
        layer: The number of the label map, of a segmentation whose segments overlap.
        before: Of a mask that was corrected by hand, the voxels of each label before; None for
            others, and in earlier files.
    """

    image: FileLocation
    opacity: float
    threshold: float | None
    names: Annotated[tuple[SavedLabel, ...], Meta(max_length=MOST_LABELS)] | None = None
    hidden: Annotated[tuple[Number, ...], Meta(max_length=MOST_LABELS)] = ()
    outlined: bool = False
    layer: Number = 0
    before: Annotated[tuple[SavedCount, ...], Meta(max_length=MOST_LABELS)] | None = None


@dataclass(frozen=True)
class SavedLoaded:
    """A volume that was opened only to be compared, with its location."""

    image: FileLocation
    name: str


@dataclass(frozen=True)
class SavedSecondStudy:
    """The study that is shown beside another.

    Attributes:
        study: Its number in ``SavedSession.studies``, from 0.
        link: The link to its positions.
    """

    study: Number
    link: StudyLink


@dataclass(frozen=True)
class SavedStudy:
    """One study of a session file.

    Attributes:
        scan: the open scan.
        results: oldest first.
        reference: the volume that they are scored against.
        layers: the overlays.
        loaded: the volumes that were opened only to be compared.
        shown: the volumes that are compared, A and B first: "original", "cubic", "reference",
            "result-0" for the first of ``results``, "loaded-0" for the first of ``loaded``.
        state: the fields of StudyState that hold no voxels, as JSON values by their names.
        second_study: the study that is shown beside it; None for none, as in earlier files.

    """

    scan: SavedScan
    results: tuple[SavedResult, ...] = ()
    reference: SavedReference | None = None
    layers: tuple[SavedOverlay, ...] = ()
    loaded: tuple[SavedLoaded, ...] = ()
    shown: tuple[str, ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    second_study: SavedSecondStudy | None = None


@dataclass(frozen=True)
class SavedSession:
    """All open studies.

    Attributes:
        studies: In the order of their tabs.
        front: The number of the study that was shown, from 0.
    """

    studies: Annotated[tuple[SavedStudy, ...], Meta(min_length=1)]
    front: Number = 0


def plain_fields(state: StudyState) -> dict[str, Any]:
    """The saved fields of a study as JSON values.

    Args:
        state: The study.

    Returns:
        Name -> JSON value of each field whose metadata says "saved".
    """
    return {row.name: to_plain(getattr(state, row.name)) for row in _saved_fields()}


def fields_of(plain: dict[str, Any], before: StudyState | None = None) -> dict[str, Any]:
    """Read the fields of a StudyState from JSON values of ``plain_fields``.

    Args:
        plain: by their names. Files of earlier versions have fewer, and fewer fields inside them.
        before: has what is missing inside a field; None for the first values.

    Returns:
        Name -> value of each saved field that is present.

    Raises:
        ValueError: for damage, but for that in a lenient field, which is left out then.
    """
    known_before = plain_fields(StudyState() if before is None else before)
    hints = annotations_of(StudyState)
    known: dict[str, Any] = {}
    for row in _saved_fields():
        if row.name not in plain:
            continue
        value, was = plain[row.name], known_before[row.name]
        if isinstance(value, dict) and isinstance(was, dict):
            value = {**was, **value}
        try:
            known[row.name] = from_plain(value, hints[row.name])
        except ValueError:
            if "lenient" not in row.metadata:
                raise
    return known


def _saved_fields() -> list[Any]:
    return [row for row in fields(StudyState) if row.metadata.get("saved")]
