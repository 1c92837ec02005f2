"""The contrast of a stack, compared with that of another by times, sequence and words of names."""

import re
from dataclasses import dataclass, replace

from srviewer.io.bids.names import NAME
from srviewer.io.headers.contrast import contrasts_in
from srviewer.io.headers.header_values import HeaderValues, Timing
from srviewer.io.scans.series import Series

PLANES = (
    "ax|axi|axial|tra|trans|transv|transverse|transversal|sag|sagittal|sagital|cor|coro|coronal|"
    "obl|oblique|para|paraax|parasag|paracor|orth|ortho"
)
PLANE = re.compile(PLANES)
# A contrast and a plane in one word, as "t2sag".
GLUED = re.compile(rf"(t[12]w?|pd|pdw|pdfs|t[12]fs|flair|stir|haste)({PLANES})")
# Words that say which of several stacks it is, and nothing of the contrast.
WHICH = re.compile(r"(run|acq|rep|repeat|again|series|stack|copy)\d*|repeated|scan|thick")
NUMBER = re.compile(r"\d+(mm)?")
FAT = re.compile(r"fs|fatsat|fat|spair|spir|stir|tirm|chess|water|dixon|(pd|t[12])w?fs")
AGENT = re.compile(r"gd|gado|gadolinium|km|ce|post|postcontrast|contrast|dotarem|gadovist")
ECHO = re.compile(r"TE (\d+(?:\.\d+)?) ms")  # of the details of a listing
FIELD_SHARE = 0.05
# The most by which times of one contrast differ between planes, as shares of the larger.
ECHO_SHARE, INVERSION_SHARE, REPETITION_SHARE, LONG_REPETITION_SHARE = 0.2, 0.1, 0.25, 0.45
SHORT_ECHO = 5.0  # ms: an echo time that differs by less is the same
LONG_REPETITION = 2000.0  # ms: beyond that it changes little


@dataclass(frozen=True)
class StackContrast:
    """The contrast of a stack, as far as its header and its name say.

    Attributes:
        timing: The times of the sequence.
        sequence: DICOM's words for the kind of sequence ("SE", "GR", ...).
        families: BIDS suffixes that its names hold ("T2w"); None for an image of another kind.
        words: What its name says of it without plane, number and labels.
        is_fat_suppressed: By its names or scan options.
        has_agent: Whether a contrast agent is named.
        shown: Parts such as "phase" and times by which a series was split.
        modality: DICOM's word, or "".
        field: Tesla; None where unknown.
    """

    timing: Timing
    sequence: frozenset[str]
    families: frozenset[str] | None
    words: tuple[str, ...]
    is_fat_suppressed: bool
    has_agent: bool
    shown: str
    modality: str
    field: float | None


def contrast_of_stack(series: Series, values: HeaderValues) -> StackContrast:
    """Read the contrast of a stack.

    Args:
        series: The stack.
        values: The values of its header; empty where it cannot be read.

    Returns:
        What is known of it.
    """
    said = [values.text("SeriesDescription") or series.name, values.text("ProtocolName")]
    words = [word for name in said for word in words_of(name)]
    options = re.split(r"[^A-Z]+", values.text("ScanOptions", nested=True).upper())
    parts = re.sub(r"(?i)(TE|TI) [\d.]+ ms", "", series.details.contrast)
    sequence = re.split(r"[^A-Z]+", values.text("ScanningSequence", nested=True).upper())
    timing = values.timing
    if timing.echo is None and (shown := ECHO.search(series.details.contrast)):
        timing = replace(timing, echo=float(shown[1]))
    return StackContrast(
        timing=timing,
        sequence=frozenset(filter(None, sequence)),
        families=_families([name for name in said if name]),
        words=tuple(words_of(said[0])),
        is_fat_suppressed="FS" in options or any(map(FAT.fullmatch, words)),
        has_agent=bool(values.text("ContrastBolusAgent")) or any(map(AGENT.fullmatch, words)),
        shown=" ".join(re.findall(r"[a-z]+", parts.lower())),
        modality=values.text("Modality") or series.modality,
        field=values.number("MagneticFieldStrength"),
    )


def contrast_differences(one: StackContrast, other: StackContrast) -> tuple[str, ...]:
    """Find the reasons to take the contrasts of two stacks for two.

    Args:
        one: Of the first stack.
        other: Of the second.

    Returns:
        Parts of a sentence, as "the echo times are 12 and 90 ms"; () for one contrast.
    """
    return (*_timing_differences(one.timing, other.timing), *_kind_differences(one, other))


def is_one_contrast(one: StackContrast, other: StackContrast) -> bool:
    """Whether headers or names say that two stacks without differences are of one contrast.

    Args:
        one: Of the first stack.
        other: Of the second.

    Returns:
        False where no times are known and the names say different things or nothing.
    """
    times = (one.timing.echo, other.timing.echo, one.timing.repetition, other.timing.repetition)
    return None not in times or one.words == other.words


def words_of(name: str) -> list[str]:
    """The words of a name that say something of the contrast.

    Args:
        name: Of a file without its ending, or of a series or protocol.

    Returns:
        Lower case, without planes, numbers, sizes and the labels of BIDS but acq.
    """
    if NAME.fullmatch(f"{name}.nii"):
        name = " ".join(p for p in name.split("_") if not re.match("(sub|ses|run)-", p))
    return [word for word in _words(name) if not NUMBER.fullmatch(word)]


def stem_of(name: str, numbered: bool) -> list[str]:
    """The part that the names of all stacks of one scan share.

    Args:
        name: Of a file without its ending.
        numbered: Whether a number at the beginning is that of the series.

    Returns:
        The words without planes and without the number of a repeat at the end.
    """
    words = _words(name)
    if words and NUMBER.fullmatch(words[-1]):
        words = words[:-1]
    return words[1:] if numbered and words and NUMBER.fullmatch(words[0]) else words


def _words(name: str) -> list[str]:
    """The words of a name in lower case, without those that say which of several stacks it is."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z]\d)(?=[A-Z][a-z])", " ", name).lower()
    words = [word for word in re.split(r"[^a-z0-9*]+", text) if word]
    words = [GLUED.sub(r"\1", word) if GLUED.fullmatch(word) else word for word in words]
    return [word for word in words if not (PLANE.fullmatch(word) or WHICH.fullmatch(word))]


def _families(names: list[str]) -> frozenset[str] | None:
    found = [contrasts_in(" ".join(words_of(name))) for name in names]
    if None in found:
        return None
    return frozenset(suffix for names_of in found for suffix in names_of or ())


def _timing_differences(one: Timing, other: Timing) -> list[str]:
    found = []
    if _apart(one.echo, other.echo, ECHO_SHARE, SHORT_ECHO):
        found.append(_times("echo", one.echo, other.echo))
    short = min(one.repetition or 0, other.repetition or 0) < LONG_REPETITION
    share = REPETITION_SHARE if short else LONG_REPETITION_SHARE
    if _apart(one.repetition, other.repetition, share):
        found.append(_times("repetition", one.repetition, other.repetition))
    inversions = one.inversion or 0, other.inversion or 0
    known = one.repetition is not None and other.repetition is not None
    if known and _apart(*inversions, INVERSION_SHARE):
        found.append(_times("inversion", *inversions))
    return found


def _kind_differences(one: StackContrast, other: StackContrast) -> list[str]:
    found = []
    if one.modality and other.modality and one.modality != other.modality:
        found.append(f"one is {one.modality} and one {other.modality}")
    if one.sequence and other.sequence and one.sequence != other.sequence:
        kinds = " and ".join("/".join(sorted(c.sequence)) for c in (one, other))
        found.append(f"their sequences are {kinds}")
    if one.families and other.families and not one.families & other.families:
        kinds = " and ".join("/".join(sorted(c.families or ())) for c in (one, other))
        found.append(f"their names say {kinds}")
    if _is_other_kind(one, other):
        found.append("one is named as another kind of image")
    if one.is_fat_suppressed != other.is_fat_suppressed:
        found.append("fat is suppressed in one alone")
    if one.has_agent != other.has_agent:
        found.append("a contrast agent is named for one alone")
    if one.shown != other.shown:
        found.append(f"one is '{one.shown or 'magnitude'}' and one '{other.shown or 'magnitude'}'")
    if _apart(one.field, other.field, FIELD_SHARE):
        found.append(f"the field was {one.field:g} T for one and {other.field:g} T for the other")
    return found


def _is_other_kind(one: StackContrast, other: StackContrast) -> bool:
    """Whether names say that one is an image such as diffusion, and not the same of the other."""
    if one.families is None and other.families is None:
        return one.words != other.words
    return (one.families is None) != (other.families is None)


def _apart(one: float | None, other: float | None, share: float, least: float = 0.0) -> bool:
    if one is None or other is None:
        return False
    return abs(one - other) > max(share * max(abs(one), abs(other)), least)


def _times(kind: str, one: float | None, other: float | None) -> str:
    return f"the {kind} times are {one:g} and {other:g} ms"
