"""Sentences on two studies that are shown beside each other."""

from srviewer.gui.texts.translation import mark, tr
from srviewer.study.state.second_study import StudyLink
from srviewer.study.two_studies import Space, TwoStudies

SPACES: dict[Space, str] = {
    "one_frame": mark("one frame of reference (FrameOfReferenceUID)"),
    "one_source": mark("made of one scan"),
    "one_template": mark("both in the space of one template"),
    "one_session": mark("one visit by their names (BIDS)"),
    "one_grid": mark("the same grid"),
    "another_person": mark("they are of two people"),
    "another_frame": mark("they have two frames of reference"),
    "apart": mark("by their headers they show no part of the body in common"),
    "unknown": mark("nothing says that their positions can be compared"),
}
TWO_PEOPLE = mark("TWO PEOPLE: {reason}.")
UNKNOWN_PERSON = mark("Make sure that both are of one person: nothing says so.")


def link_text(link: StudyLink, two: TwoStudies, offset_mm: tuple[float, float, float]) -> str:
    """Say whether two studies are linked, by what, and why not.

    Args:
        link: The link.
        two: What is known of them.
        offset_mm: The shift of the middle of the scan that is shown, along R, A and S.

    Returns:
        The translated text.
    """
    space = tr(SPACES[two.space])
    if link.source == "header":
        if link.linked:
            return tr("Linked in mm: {reason}.", reason=space)
        if two.comparable:
            return tr("Not linked, as you chose. They could be: {reason}.", reason=space)
        return tr(
            "Not linked: {reason}. Align them, or set the offset by hand.",
            reason=space,
        )
    motion = _motion_text(link, offset_mm)
    if link.source == "registration":
        motion = _registered(link, motion)
    elif link.linked:
        motion = tr("Linked by hand: {motion}.", motion=motion)
    if link.linked:
        return motion
    return tr("Not linked, as you chose. Kept: {motion}", motion=motion)


def _registered(link: StudyLink, motion: str) -> str:
    if link.kept:
        return tr("Aligned: no better place was found, so that of the headers is kept.")
    if link.coarse:
        return tr("Aligned coarsely, as of two contrasts: {motion}. Check it.", motion=motion)
    return tr("Aligned: {motion}.", motion=motion)


def _motion_text(link: StudyLink, offset_mm: tuple[float, float, float]) -> str:
    shift = ", ".join(f"{mm:z.1f}" for mm in offset_mm)
    text = tr("shifted by {shift} mm along R, A, S", shift=shift)
    if link.degrees < 0.05:
        return text
    return tr("{shift}, turned by {degrees}\u00b0", shift=text, degrees=f"{link.degrees:.1f}")


def person_text(two: TwoStudies) -> str:
    """Say of whom two studies are.

    Args:
        two: What is known of them.

    Returns:
        That they are of two people, or that nothing says whether they are of one; "" for one.
    """
    if two.person == "another":
        return tr(TWO_PEOPLE, reason=tr(two.reason))
    return tr(UNKNOWN_PERSON) if two.person == "unknown" else ""
