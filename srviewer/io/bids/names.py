"""Names of images by the rules of BIDS."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from srviewer.errors import UserError
from srviewer.io.bids.anat_suffixes import BY_NAME, CONTRASTS, ENTITIES

NAME = re.compile(r"(sub-[a-zA-Z0-9]+(?:_[a-z]+-[a-zA-Z0-9+]+)*)_([a-zA-Z0-9]+)\.nii(?:\.gz)?")
LABEL = re.compile(r"[a-zA-Z0-9]+")
# Labels of results may join several by "+" (format "label" of the schema).
RESULT_LABEL = re.compile(r"[a-zA-Z0-9+]+")
OF_RESULTS: Mapping[str, str] = {"desc": "sr"}
# The entities that the schema allows in the name of an anatomical derivative.
CHOOSABLE = (
    "task", "acq", "ce", "rec", "dir", "run", "echo", "flip", "inv", "mt", "part", "space", "chunk",
    "res", "desc",
)  # fmt: skip


@dataclass(frozen=True)
class BidsName:
    """The name of an image by the rules of BIDS.

    Attributes:
        entities: The label of each key, "sub" among them.
        suffix: The contrast, such as "T2w".
        of_result: The entities that the name of its result has in their place, or besides.
    """

    entities: Mapping[str, str]
    suffix: str
    of_result: Mapping[str, str] = field(default_factory=lambda: OF_RESULTS)

    def derived(self) -> "BidsName":
        """The name of the image's result."""
        return BidsName({**self.entities, **self.of_result}, self.suffix)

    def naming(self, of_result: Mapping[str, str]) -> "BidsName":
        """The same name with other entities for its result.

        Args:
            of_result: The label of each key.

        Returns:
            The name.
        """
        return replace(self, of_result=of_result)

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
    acquisition = f"{common.get('acq', '')}joined"
    return replace(names[0], entities={**common, "acq": acquisition})


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


def chosen_entities(text: str) -> Mapping[str, str]:
    """Read the entities that a user chose for the names of results.

    Args:
        text: Such as "res-1mm,desc-thin"; commas, underscores or spaces between them.

    Returns:
        The label of each key; desc-sr unless the text has another desc-.

    Raises:
        UserError: A part of it is no entity that BIDS allows in the name of a derivative, or one
            key has two labels.
    """
    chosen: dict[str, str] = {}
    for part in filter(None, re.split(r"[,_\s]+", text)):
        key, hyphen, label = part.partition("-")
        if key not in CHOOSABLE or not hyphen or not RESULT_LABEL.fullmatch(label):
            raise UserError(
                f"'{part}' is no entity of BIDS for the name of a result. Give KEY-LABEL, several "
                f"with commas, such as res-1mm,desc-sr: keys {', '.join(CHOOSABLE)}; labels of "
                "letters and digits."
            )
        if chosen.setdefault(key, label) != label:
            raise UserError(
                f"'{key}-{chosen[key]}' and '{part}' are two labels of one entity. Give one."
            )
    return {**OF_RESULTS, **chosen}


def check_complete(name: BidsName) -> None:
    """Check that the name of a result has all entities that its suffix needs.

    Args:
        name: Of the scan.

    Raises:
        UserError: One is missing.
    """
    known, derived = BY_NAME.get(name.suffix), name.derived()
    missing = [key for key in (known.needs if known else ()) if key not in derived.entities]
    if missing:
        raise UserError(
            f"The name of an image {name.suffix} needs {' and '.join(f'{k}-' for k in missing)} by "
            "the rules of BIDS. Give it as an entity, such as "
            f"{','.join(f'{key}-1' for key in missing)}."
        )


def _rank(key: str) -> int:
    """The position of an entity in a name; one that BIDS does not know comes before "desc"."""
    return ENTITIES.index(key if key in ENTITIES else "desc") * 2 - (key not in ENTITIES)
