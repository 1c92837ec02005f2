"""Two open studies: whether they are of one person, and whether their positions can be compared."""

from dataclasses import dataclass
from typing import Literal

from srviewer.core.resampling.reorient import same_grid
from srviewer.core.slices.sampling import overlap
from srviewer.core.volumes.volume import Volume
from srviewer.sr.stacks.joinable.whose import Sameness, Whose, same_person, same_study, whose_named
from srviewer.study.state.second_study import StudyLink
from srviewer.study.state.study_state import StudyState

Space = Literal[
    "one_frame",
    "one_source",
    "one_template",
    "one_session",
    "one_grid",
    "another_person",
    "another_frame",
    "apart",
    "unknown",
]
COMPARABLE: tuple[Space, ...] = (
    "one_frame",
    "one_source",
    "one_template",
    "one_session",
    "one_grid",
)
FIRST_TEMPLATE = 3  # of NIfTI's codes of spaces: from here on that of a template


@dataclass(frozen=True)
class TwoStudies:
    """What headers and names say of two studies.

    Attributes:
        person: Whether they are of one person.
        reason: Why, a predicate for people; "" where nothing is known.
        space: Whether their positions can be compared, and why.
    """

    person: Sameness
    reason: str
    space: Space

    @property
    def comparable(self) -> bool:
        """Whether one position means the same in both."""
        return self.space in COMPARABLE

    @property
    def link(self) -> StudyLink:
        """The link before the user sets another: on where positions can be compared."""
        return StudyLink(linked=self.comparable)


def two_studies(first: StudyState, second: StudyState) -> TwoStudies:
    """Compare the persons and the spaces of two open studies.

    Args:
        first: A study with a scan.
        second: Another one.

    Returns:
        What is known of both.
    """
    one, other = first.scan, second.scan
    assert one is not None and other is not None
    person, reason = _person(first, second)
    space = _space(first, second, one, other)
    if person == "another":
        space = "another_person"
    elif space in COMPARABLE and _are_apart(one, other):
        space = "apart"
    return TwoStudies(person, reason, space)


def _person(first: StudyState, second: StudyState) -> tuple[Sameness, str]:
    one, other = first.scan, second.scan
    assert one is not None and other is not None
    if one.patient and other.patient and one.patient != other.patient:
        return "another", "their headers name two patients"
    if _one_source(first, second):
        return "same", "they are of one file"
    whose = _whose(first), _whose(second)
    if whose[0] is None or whose[1] is None:
        return "unknown", ""
    return same_person(whose[0], whose[1])


def _whose(state: StudyState) -> Whose | None:
    return None if state.origin is None else whose_named(state.origin.series)


def _space(first: StudyState, second: StudyState, one: Volume, other: Volume) -> Space:
    if one.frame and other.frame:
        return "one_frame" if one.frame == other.frame else "another_frame"
    if _one_source(first, second):
        return "one_source"
    if one.space.sform == other.space.sform >= FIRST_TEMPLATE:
        return "one_template"
    if _one_session(first, second):
        return "one_session"
    return "one_grid" if same_grid(one.geometry, other.geometry) else "unknown"


def _one_source(first: StudyState, second: StudyState) -> bool:
    """Whether both are of one image of one file, or one was made here of the other's."""
    one, other = first.scan, second.scan
    assert one is not None and other is not None
    if one.source is not None and other.source is not None:
        return one.source.sha256 == other.source.sha256
    made_here = first.origin is None or second.origin is None
    return made_here and bool(set(first.sources) & set(second.sources))


def _one_session(first: StudyState, second: StudyState) -> bool:
    """Whether names by BIDS say that both are of one visit of one person."""
    one, other = _whose(first), _whose(second)
    if one is None or other is None or not one.subject:
        return False
    alike = (one.subject, one.session, one.data_set) == (
        other.subject,
        other.session,
        other.data_set,
    )
    return alike and same_study(one, other)


def _are_apart(one: Volume, other: Volume) -> bool:
    shares = overlap(one.geometry, other.geometry), overlap(other.geometry, one.geometry)
    return max(shares) == 0
