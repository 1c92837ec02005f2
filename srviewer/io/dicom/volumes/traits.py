"""Traits in which DICOM images of one position differ, as texts that can be compared."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from srviewer.io.dicom.elements.tags import CONTRASTS, TRAITS
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.slice_positions import Slices

Trait = Callable[[SliceHeader], str]

# Philips numbers the repeats of b = 0 as 0.001, 0.002, ...
LEAST_B_VALUE = 0.1
SAME_SHARE = 0.01
# Words of an image type behind its third that stand for another kind of image.
MAPS = frozenset({"ADC", "FA", "TRACEW", "TENSOR", "EXP", "PHASE", "CBF", "CBV", "MTT", "TTP"})
DIRECTION = "DiffusionGradientOrientation"
# Of the values that LABELS words, those that people know a series by.
SHOWN_CONTRASTS = ("EchoTime", "InversionTime", "DiffusionBValue")
# Words of an image type and of ComplexImageComponent, all but those of plain magnitude.
COMPONENTS = {
    "P": "phase",
    "PHASE": "phase",
    "R": "real",
    "REAL": "real",
    "I": "imaginary",
    "IMAGINARY": "imaginary",
    "ADC": "ADC",
    "FA": "FA",
    "TRACEW": "trace",
}
# In words for people.
WORDS = {
    "EchoTime": "echo time",
    "ImageType": "image type",
    "ComplexImageComponent": "kind (magnitude or phase, real or imaginary)",
    "InversionTime": "inversion time",
    "FlipAngle": "flip angle",
    "DiffusionBValue": "b-value",
    DIRECTION: "diffusion direction",
}


def contrast(keyword: str) -> Trait:
    """Build the trait of a keyword, of which equal numbers are equal texts and tiny b-values are 0.

    Args:
        keyword: One of ``TRAITS``.

    Returns:
        A function of a slice.
    """
    index = TRAITS.index(keyword)
    plain = _PLAIN.get(keyword, plain_numbers)
    return lambda header: plain(header.traits[index])


def stored(keyword: str) -> Trait:
    """Build the trait of a keyword, as it is stored.

    Args:
        keyword: One of ``TRAITS``.

    Returns:
        A function of a slice.
    """
    index = TRAITS.index(keyword)
    return lambda header: header.traits[index]


def contrasts_of(header: SliceHeader) -> tuple[str, ...]:
    """Read the contrast of a slice.

    Args:
        header: The slice.

    Returns:
        One text for each of ``CONTRASTS``.
    """
    return tuple(trait(header) for trait in CONTRAST_TRAITS)


def times_of(header: SliceHeader) -> tuple[str, ...]:
    """Read the values by which repeats of a slice differ.

    Args:
        header: The slice.

    Returns:
        One text for each of ``REPEATS``, as stored.
    """
    return header.traits[len(CONTRASTS) :]


@lru_cache(4096)
def plain_numbers(value: str) -> str:
    """Write numbers in one form: six digits, zero without a sign.

    Args:
        value: Numbers joined by a backslash, or any text.

    Returns:
        Equal texts for equal numbers; any other text unchanged.
    """
    try:
        return "\\".join(f"{round(float(word), 6) + 0.0:.6g}" for word in value.split("\\"))
    except ValueError:
        return value


def mixed_in(slices: Slices, repeated: bool) -> list[str]:
    """List the traits in which slices of one volume differ although they should not.

    Args:
        slices: The slices of the volume.
        repeated: Whether other images lie at their positions, so that any difference matters.

    Returns:
        Words for people, such as "echo time".
    """
    traits = _TRAITS if repeated else _TRAITS | {"ImageType": _kind}
    return [words for keyword, words in WORDS.items() if _differ(set(map(traits[keyword], slices)))]


def contrast_label(contrasts: Sequence[Slices], number: int) -> str:
    """Label a contrast by the values in which it differs from the others.

    Args:
        contrasts: The slices of each contrast.
        number: The contrast to label.

    Returns:
        A label such as "TE 80 ms" or "b 1000"; "" for a single contrast.
    """
    labels: dict[str, str] = {}
    for keyword, words in LABELS.items():
        if keyword == "ComplexImageComponent" and "ImageType" in labels:
            continue  # which says the same
        values = [_usual(keyword, part) for part in contrasts]
        if Counter(values)[values[number]] < len(values):
            labels[keyword] = words(values[number])
    return ", ".join(label for label in labels.values() if label)


def contrast_text(header: SliceHeader) -> str:
    """Describe the contrast of a slice for people.

    Args:
        header: The slice.

    Returns:
        A text such as "TE 80 ms, phase"; "" where the header has no such value.
    """
    texts = {keyword: _TRAITS[keyword](header) for keyword in SHOWN_CONTRASTS}
    parts = [LABELS[keyword](value) for keyword, value in texts.items() if value not in ("", "0")]
    words = {
        *_TRAITS["ImageType"](header).upper().split("\\")[2:],
        _TRAITS["ComplexImageComponent"](header).upper(),
    }
    components = dict.fromkeys(name for word, name in COMPONENTS.items() if word in words)
    return ", ".join((*parts, *components))


def _differ(values: set[str]) -> bool:
    """Whether these are values of different kinds of image; a hundredth of a number is none."""
    if len(values) < 2:
        return False
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return True
    return max(numbers) - min(numbers) > SAME_SHARE * max(map(abs, numbers))


def _usual(keyword: str, slices: Slices) -> str:
    """The value that most of the slices have."""
    return Counter(map(_TRAITS[keyword], slices)).most_common(1)[0][0]


@lru_cache(4096)
def _b_value(value: str) -> str:
    plain = plain_numbers(value)
    try:
        return "0" if 0 <= float(plain) < LEAST_B_VALUE else plain
    except ValueError:
        return plain


@lru_cache(4096)
def _image_type(value: str) -> str:
    """The words after ORIGINAL or DERIVED and PRIMARY or SECONDARY."""
    return " ".join(value.split("\\")[2:])


def _kind(header: SliceHeader) -> str:
    """The words of its image type that name a kind of image: the third, and those of maps."""
    words = header.traits[TRAITS.index("ImageType")].split("\\")[2:]
    return " ".join(words[:1] + [word for word in words[1:] if word in MAPS])


def _rounded(value: str) -> str:
    try:
        return f"{float(value):.4g}"
    except ValueError:
        return value


_PLAIN: dict[str, Callable[[str], str]] = {
    "DiffusionBValue": _b_value,
    "ImageType": lambda value: value,
}
_TRAITS = {keyword: contrast(keyword) for keyword in WORDS}
CONTRAST_TRAITS = tuple(_TRAITS[keyword] for keyword in CONTRASTS)
# Of tiled images, each a whole volume: scanners store the b-values of one scan as one series.
TILED_CONTRAST_TRAITS = tuple(
    _TRAITS[keyword] for keyword in CONTRASTS if keyword != "DiffusionBValue"
)
# Traits that distinguish repeats, best first. The raw b-value counts repeats of b = 0.
REPEAT_TRAITS = (
    _TRAITS[DIRECTION],
    stored("TemporalPositionIdentifier"),
    stored("AcquisitionNumber"),
    stored("TriggerTime"),
    stored("AcquisitionTime"),
    stored("DiffusionBValue"),
)

LABELS: dict[str, Callable[[str], str]] = {
    "EchoTime": lambda value: f"TE {_rounded(value)} ms",
    "ImageType": _image_type,
    "ComplexImageComponent": str.lower,
    "InversionTime": lambda value: f"TI {_rounded(value)} ms",
    "FlipAngle": lambda value: f"flip angle {_rounded(value)}",
    "DiffusionBValue": lambda value: f"b {_rounded(value)}" if value else "",
}
