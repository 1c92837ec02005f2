"""The contrast of a scan by the rules of BIDS, from its names and its header; never a guess."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from srviewer.io.headers.header_values import HeaderValues, Timing

# Words of names that say the contrast by themselves.
WORDS = {
    "flair": "FLAIR",
    "darkfluid": "FLAIR",
    "t2star": "T2starw",
    "t2starw": "T2starw",
    "mprage": "T1w",
    "bravo": "T1w",
    "haste": "T2w",
    "ssfse": "T2w",
    "pd": "PDw",
    "pdw": "PDw",
    "inplanet1": "inplaneT1",
    "inplanet2": "inplaneT2",
}
WEIGHTED = re.compile(r"t([12])[a-z]*")
PROTON_DENSITY = re.compile(r"pd(w|fs|tse|fse|spair|wi)[a-z]*")
# Images that are none of these contrasts, whatever else their names hold.
OTHER_WORD = re.compile(
    r"map|mapping|t1map|t2map|t1mapping|t2mapping|t1rho|mp2rage|adc|dwi|dti|diff|trace|"
    r"tracew|bold|fmri|ep2d|epi|swi|swan|tof|mra|mrv|angio|phase|asl|perf|pwi|dsc|qsm|"
    r"fieldmap|localizer|localiser|scout|survey|stir|mip|molli|lge|psir"
)
OTHER_TYPE = re.compile(rf"{OTHER_WORD.pattern}|p|real|imaginary|subtraction|projection")
VERTEBRAE = re.compile(r"(?<![a-z0-9])[ctls]\d{1,2}\s*(-|_|to)\s*[ctls]\d{1,2}(?![a-z0-9])")
NAMES = ("SeriesDescription", "ProtocolName", "SequenceName", "PulseSequenceName")


@dataclass(frozen=True)
class Contrast:
    """The contrast of a scan, or why it was left open.

    Attributes:
        suffix: One of ``srviewer.io.bids.anat_suffixes.CONTRASTS``; None where it is not certain.
        reason: A sentence for people.
    """

    suffix: str | None
    reason: str


def contrast_of(values: HeaderValues, names: Sequence[str], modality: str = "") -> Contrast:
    """Find the contrast of a scan; where names and times disagree, it is left open.

    Args:
        values: The values of its header.
        names: Further names of the scan: that of its file, without the ending.
        modality: DICOM's word; "" where unknown.

    Returns:
        The contrast, or the reason why it is open.
    """
    if (values.text("Modality") or modality or "MR") != "MR":
        return Contrast(None, "The scan is not MR: choose the contrast.")
    said = (*names, *(values.text(keyword, nested=True) for keyword in NAMES))
    named = {name: contrasts_in(name) for name in said if name.strip()}
    types = re.split(r"[^a-z0-9]+", values.text("ImageType").lower())
    if any(map(OTHER_TYPE.fullmatch, types)) or None in named.values():
        return Contrast(None, "It is said to be an image of another kind: choose the contrast.")
    by_name = {suffix for found in named.values() for suffix in found or ()}
    by_times = _by_times(values)
    if by_times is not None and (not by_name or by_times in by_name):
        return Contrast(by_times, f"{by_times}, by {_times(values.timing)}.")
    if by_times is not None:
        return Contrast(
            None,
            f"Its name says {_listed(by_name)}, and {_times(values.timing)} say {by_times}: choose "
            "the contrast.",
        )
    if len(by_name) == 1:
        (suffix,) = by_name
        name = next(name for name, found in named.items() if found)
        return Contrast(suffix, f"{suffix}, by the name '{name}'.")
    if by_name:
        return Contrast(None, f"Its name says {_listed(by_name)}: choose the contrast.")
    return Contrast(None, "Neither its name nor its header says the contrast: choose it.")


def contrasts_in(name: str) -> frozenset[str] | None:
    """The contrasts that a name holds.

    Args:
        name: Of a file, a series, a protocol or a sequence.

    Returns:
        BIDS suffixes, several where the name holds several; None where it says that the image is
        of another kind.
    """
    text = VERTEBRAE.sub(" ", name.lower())
    text = re.sub(r"t2[\s_-]*(\*|star)w?", " t2star ", text)
    text = re.sub(r"dark[\s_-]*fluid", " darkfluid ", text)
    words = re.split(r"[^a-z0-9]+", text)
    if any(map(OTHER_WORD.fullmatch, words)):
        return None
    found = frozenset(filter(None, map(_of_word, words)))
    # A T2-weighted FLAIR is called T2 FLAIR.
    return found - {"T2w"} if "FLAIR" in found else found


def _of_word(word: str) -> str | None:
    if word in WORDS:
        return WORDS[word]
    if "flair" in word:
        return "FLAIR"
    if PROTON_DENSITY.fullmatch(word):
        return "PDw"
    weighted = WEIGHTED.fullmatch(word)
    return None if weighted is None else f"T{weighted[1]}w"


def _by_times(values: HeaderValues) -> str | None:
    """The contrast that the times of the sequence leave no doubt of."""
    timing = values.timing
    sequence = re.split(r"[^A-Z]+", values.text("ScanningSequence", nested=True).upper())
    if "EP" in sequence or "RM" in sequence or timing.repetition is None or timing.echo is None:
        return None
    inverted = "IR" in sequence or (timing.inversion or 0) > 0
    if inverted:
        return _inverted(timing, timing.repetition, timing.echo)
    return _spin_echo(timing.repetition, timing.echo) if sequence == ["SE"] else None


def _inverted(timing: Timing, repetition: float, echo: float) -> str | None:
    inversion = timing.inversion or 0
    if inversion >= 1500 and repetition >= 4000 and echo >= 70:
        return "FLAIR"
    return "T1w" if 500 <= inversion <= 1300 and echo <= 20 else None


def _spin_echo(repetition: float, echo: float) -> str | None:
    if repetition <= 900 and echo <= 30:
        return "T1w"
    if repetition >= 2000 and echo >= 70:
        return "T2w"
    return "PDw" if repetition >= 1800 and echo <= 30 else None


def _times(timing: Timing) -> str:
    times = (("TR", timing.repetition), ("TE", timing.echo), ("TI", timing.inversion))
    return ", ".join(f"{name} {value:g} ms" for name, value in times if value)


def _listed(suffixes: Iterable[str]) -> str:
    return " and ".join(sorted(suffixes))
