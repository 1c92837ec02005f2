"""Whether two stacks can be joined, with the reasons for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from srviewer.sr.stacks.joinable.contrast import (
    contrast_differences,
    is_one_contrast,
    stem_of,
)
from srviewer.sr.stacks.joinable.facts import StackFacts
from srviewer.sr.stacks.joinable.place import angle_deg, same_slices, shared_part
from srviewer.sr.stacks.joinable.whose import numbered_apart, same_person, same_study

FitCode = Literal[
    "another_person",
    "no_stack",
    "no_overlap",
    "other_contrast",
    "other_study",
    "unknown_person",
    "unknown_contrast",
    "thin",
    "same_slices",
    "fits",
]
WEIGHT: tuple[FitCode, ...] = get_args(FitCode)  # the heaviest first
LEAST_SHARED = 0.02  # of the smaller field of view
OTHER_PLANE_DEG = 20.0


@dataclass(frozen=True)
class Fit:
    """Whether two stacks can be joined.

    Attributes:
        code: The finding that weighs most.
        refused: Why they are not joined whatever the user says, a sentence; "" where they may be.
        doubts: Sentences that the user must acknowledge first.
        notes: Sentences that are said beside the offer and in the result.
    """

    code: FitCode
    refused: str = ""
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_offered(self) -> bool:
        """Whether joining may be offered without being asked for."""
        return self.code == "fits"

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether the user must acknowledge the doubts first."""
        return not self.refused and bool(self.doubts)

    @property
    def reason(self) -> str:
        """All sentences, those that weigh most first; "" where there is nothing to say."""
        return " ".join(filter(None, (self.refused, *self.doubts, *self.notes)))


def fit(one: StackFacts, other: StackFacts) -> Fit:
    """Find whether two series can be joined.

    Args:
        one: The facts of the first.
        other: Of the second.

    Returns:
        What was found, with the reasons.
    """
    alike = likeness(one, other)
    if alike.refused:
        return alike
    code, notes = place_of(one, other)
    if code == "no_overlap":
        return Fit(code, notes[0])
    return Fit(alike.code if alike.code != "fits" else code, "", alike.doubts, alike.notes + notes)


def likeness(one: StackFacts, other: StackFacts, called: str = "") -> Fit:
    """Find whether two series are stacks of one person in one contrast, wherever they lie.

    Args:
        one: The facts of the first.
        other: Of the second.
        called: What stands for both in sentences on what is not known; "" for their names.

    Returns:
        What was found, with the reasons.
    """
    for facts in (one, other):
        if facts.no_stack:
            return Fit("no_stack", f"'{facts.series.name}' is not joined: {facts.no_stack}.")
    names = _names(one, other)
    person, said = same_person(one.whose, other.whose)
    if person == "another":
        return Fit("another_person", f"{names} are not of one person: {said}.")
    codes: list[FitCode] = []
    doubts: list[str] = []
    notes: list[str] = []
    differences = contrast_differences(one.contrast, other.contrast)
    if differences:
        codes.append("other_contrast")
        doubts.append(f"{names} differ in contrast: {'; '.join(differences)}.")
    elif not is_one_contrast(one.contrast, other.contrast):
        codes.append("unknown_contrast")
        notes.append(f"Make sure that {called or names} are of one contrast: no header says it.")
    if not same_study(one.whose, other.whose):
        codes.append("other_study")
        doubts.append(f"{names} are of two examinations: between them the body may have changed.")
    if person == "unknown":
        # Files that were put into one folder and say nothing are often of one person.
        said_nothing = one.whose.is_unsaid and other.whose.is_unsaid
        together = said_nothing and one.whose.folder == other.whose.folder
        together = together and not numbered_apart(one.whose, other.whose)
        text = f"Make sure that {called or names} are of one person: {said}."
        (notes if together else doubts).append(text)
        if not (together and _named_alike(one, other)):
            codes.append("unknown_person")
    code = min(codes, key=WEIGHT.index) if codes else "fits"
    return Fit(code, "", tuple(doubts), tuple(notes))


def place_of(one: StackFacts, other: StackFacts) -> tuple[FitCode, tuple[str, ...]]:
    """Find how two stacks lie to each other by their headers.

    Args:
        one: The facts of the first.
        other: Of the second.

    Returns:
        "no_overlap", "thin", "same_slices" or "fits", and sentences on it for people.
    """
    names = _names(one, other)
    if not _overlap(one, other):
        return "no_overlap", (f"By their headers, {names} show no part of the body in common.",)
    notes: list[str] = []
    if not one_frame(one, other):
        notes.append(
            f"{names} were not placed in one frame of reference (the patient lay anew, or the scan "
            "was planned anew), so the places in their headers cannot be compared: how they lie to "
            "each other is a guess until registration finds it."
        )
    thin = [facts.series.name for facts in (one, other) if facts.is_thin]
    notes += [f"'{name}' has thin slices already: joining adds little." for name in thin]
    if same_slices(one.geometry, other.geometry):
        notes.append(
            f"The slices of {names} lie in the same planes: joining them lessens the noise and "
            "tells nothing of what lies between slices."
        )
        return ("thin" if thin else "same_slices"), tuple(notes)
    return ("thin" if thin else "fits"), tuple(notes)


def connected(stacks: Sequence[StackFacts]) -> list[list[StackFacts]]:
    """Divide stacks into parts whose fields of view hang together.

    Args:
        stacks: The facts of any number of stacks.

    Returns:
        The parts, each in the order of ``stacks``.
    """
    parts: list[list[int]] = []
    for number, facts in enumerate(stacks):
        near = [part for part in parts if any(_overlap(facts, stacks[n]) for n in part)]
        parts = [part for part in parts if part not in near]
        parts.append([*(n for part in near for n in part), number])
    return [[stacks[n] for n in sorted(part)] for part in parts]


def one_frame(one: StackFacts, other: StackFacts) -> bool:
    """Whether nothing says that the places of two stacks cannot be compared.

    Args:
        one: The facts of the first.
        other: Of the second.

    Returns:
        False where the frames of reference of both are known and differ.
    """
    frames = one.whose.frame, other.whose.frame
    return frames[0] == frames[1] or not all(frames)


def _overlap(one: StackFacts, other: StackFacts) -> bool:
    return shared_part(one.geometry, other.geometry) >= LEAST_SHARED


def _names(one: StackFacts, other: StackFacts) -> str:
    return f"'{one.series.name}' and '{other.series.name}'"


def _named_alike(one: StackFacts, other: StackFacts) -> bool:
    """Whether files are named as stacks of one scan."""
    normals = [facts.geometry.normal(facts.geometry.slice_axis) for facts in (one, other)]
    # Converters begin names with the number of the series; other numbers may be of persons.
    numbered = angle_deg(*normals) > OTHER_PLANE_DEG
    return stem_of(one.series.name, numbered) == stem_of(other.series.name, numbered)
