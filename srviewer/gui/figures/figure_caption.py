"""The caption of a figure."""

from srviewer.core.scores.metrics import brief_scores
from srviewer.gui.state.linked_views import both_shown
from srviewer.gui.state.shown_pair import ShownPair
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.offered import compared
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import NO_REFERENCE, NOT_SCORED, result_agreement, slab_text
from srviewer.gui.views.pane_texts import rotation_note
from srviewer.gui.views.shared_notes import ROTATED_NOT_SCORED, SLAB_NOT_SCORED
from srviewer.study.state.compared_volumes import CUBIC
from srviewer.study.state.layouts import find_layout
from srviewer.study.state.rotation_of_study import is_rotated


def volumes_line(study: ShownStudy) -> str:
    """Name the scan, what is compared or beside it, slab or rotation: "thick:  A scan,  B fast x4".

    Args:
        study: What the figure shows.

    Returns:
        The scan's name alone where nothing is compared.
    """
    scan, slab = study.scan.name if study.scan else "", study.view.thick_slab
    words = [scan]
    if find_layout(study.comparing.layout).compares:
        shown = zip("ABCD", compared(study.state), strict=False)
        named = ",  ".join(f"{letter} {entry.name}" for letter, entry in shown)
        words = [f"{scan}:  {named}"]
    if both_shown(study):
        words.append(tr("beside it: {name}", name=ShownPair(study).names[1]))
    if is_rotated(study.state):
        words.append(rotation_note(study.state))
    elif study.scan is not None and slab.shown:
        words.append(slab_text(slab.kind, slab.thickness(study.scan.geometry)))
    return ";  ".join(words)


def scores_line(study: ShownStudy) -> str:
    """Whole-volume scores of the compared volumes and of cubic interpolation, with the meaning.

    Args:
        study: What the figure shows.

    Returns:
        One line; without a reference the agreement with the scan, or that nothing is scored. With
        two studies, of which the grey levels beside the caption are.
    """
    if both_shown(study):
        return tr("The grey levels on the right are of {name}.", name=ShownPair(study).names[0])
    if not find_layout(study.comparing.layout).compares:
        return ""
    parts, scored = [], None
    for entry in compared(study.state):
        if entry.scores is None:
            continue
        scored = entry.scores
        scores_of_entry = entry.scores.cubic if entry.key == CUBIC else entry.scores.candidate
        parts.append(f"{entry.name} {_values(scores_of_entry.whole)}")
    if scored is not None and is_rotated(study.state):
        return tr(ROTATED_NOT_SCORED)
    if scored is not None and study.view.thick_slab.shown:
        return tr(SLAB_NOT_SCORED)
    if scored is not None:
        cubic = _values(scored.cubic.whole)
        scores, meaning = ";  ".join(parts), tr(scored.candidate.meaning)
        caption = mark("{scores}  (cubic {cubic}), against {meaning}")
        return tr(caption, scores=scores, cubic=cubic, meaning=meaning)
    if study.result is not None and study.compared_volumes.current in study.compared_volumes.shown:
        return f"{tr(NO_REFERENCE)} ({result_agreement(study.result)})"
    return tr(NOT_SCORED)


def _values(whole: dict[str, float | None]) -> str:
    parts = brief_scores(whole)
    return tr("no score") if parts is None else ", ".join(parts)
