"""Values of any type that session files hold, for Hypothesis."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Meta

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import POINTS, Roi
from srviewer.core.regions.text_annotation import TextAnnotation
from srviewer.core.slices.planes import Plane
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.study.state.view_in_3d import ViewIn3D
from srviewer.three_d.camera import camera_for
from srviewer.three_d.look import Look
from srviewer.three_d.presets import PRESETS
from srviewer.three_d.scene import MODES


def _text(least: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=least, max_size=9)


MM = st.floats(-1e3, 1e3)
POINT = st.tuples(MM, MM, MM)
FROM_ABOVE = camera_for([(-50.0, -60.0, -70.0), (50.0, 60.0, 70.0)], "S")
# Of types whose fields depend on each other.
OWN = {
    Window: st.builds(lambda low, width: Window(low, low + width), MM, st.floats(0.1, 1e3)),
    Adaptation: st.builds(
        Adaptation, st.floats(1, 600), st.integers(0, 100), st.integers(0, 2**32 - 1)
    ),
    Roi: st.sampled_from(sorted(POINTS)).flatmap(
        lambda kind: st.builds(
            Roi,
            st.just(kind),
            values_of(get_type_hints(Roi)["plane"]),
            st.tuples(*(st.tuples(MM, MM, MM),) * POINTS[kind]),
            _text(0),
            st.none() | POINT,
        )
    ),
    ViewIn3D: st.builds(
        ViewIn3D,
        st.builds(
            Look,
            st.sampled_from(MODES),
            st.none() | MM,
            preset=st.sampled_from([row.id for row in PRESETS]),
            density=st.floats(0.1, 4.0),
        ).flatmap(lambda look: st.sampled_from([look, look.cutting("coronal", FROM_ABOVE)])),
        st.none() | st.builds(FROM_ABOVE.rotated, MM, MM),
    ),
    TextAnnotation: st.sampled_from(Plane).flatmap(
        lambda plane: (
            st.builds(TextAnnotation, st.just(plane), POINT, _text(1))
            | st.builds(TextAnnotation, st.just(plane), POINT, _text(0), POINT)
        )
    ),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values that an annotation allows."""
    notes: list[Any] = []
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
    return _values(hint, notes)


def _values(hint: Any, notes: list[Any]) -> st.SearchStrategy[Any]:
    for note in notes:
        if note.examples:
            return st.sampled_from(note.examples)
    if hint in OWN:
        return OWN[hint]
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return st.builds(hint, **{row.name: values_of(hints[row.name]) for row in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return _compound(hint, notes)


def _compound(hint: Any, notes: list[Any]) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of(
            *(st.none() if kind is types.NoneType else values_of(kind) for kind in inner)
        )
    if origin is tuple and inner[-1] is Ellipsis:
        most = min((m.max_length for m in notes if isinstance(m, Meta) and m.max_length), default=3)
        return st.lists(values_of(inner[0]), max_size=min(most, 3)).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, inner))
    if origin in (dict, Mapping):
        return st.dictionaries(values_of(str), values_of(inner[1]), max_size=3)
    return _simple(hint, [note for note in notes if isinstance(note, Meta)])


def _simple(hint: Any, metas: list[Meta]) -> st.SearchStrategy[Any]:
    low = max((m.ge for m in metas if m.ge is not None), default=-1000)
    low = max((m.gt + 1e-3 for m in metas if m.gt is not None), default=low)
    high = min((m.le for m in metas if m.le is not None), default=low + 2000)
    high = min((m.lt - 1e-3 for m in metas if m.lt is not None), default=high)
    return {
        bool: st.booleans(),
        int: st.integers(int(low), int(high)),
        float: st.floats(low, high),
        str: _text(min((m.min_length or 0 for m in metas), default=0)),
        Path: st.just(Path("/data/a.nii")),
    }[hint]
