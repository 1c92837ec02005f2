"""Session files of earlier versions in the form of the present one."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]


def from_one_study(document: Document) -> Document:
    """Version 1, a single study, as version 2: a list of studies."""
    return {**document, "studies": [document], "front": 0}


def from_saved_fields(document: Document) -> Document:
    """Version 2, whose fields had a form of their own, as version 3: those of the state."""
    return {**document, "studies": [_study(study) for study in document["studies"]]}


def _study(study: Mapping[str, Any]) -> Document:
    kept = ("scan", "results", "reference", "layers", "loaded")
    # The first files of version 2 had fewer fields.
    return {
        **{name: study[name] for name in kept if name in study},
        "shown": [entry["key"] for entry in study.get("shown", ())],
        "state": _state(study),
    }


def _state(study: Mapping[str, Any]) -> Document:
    view = dict(study["view"])
    compared = study.get("comparing") or {}
    rois, locked = study["rois"], study.get("locked")
    low, high = view.pop("window")
    if view.get("colours") is None:
        view = {name: value for name, value in view.items() if name not in ("colours", "inverted")}
    return {
        # "settings" holds what version 0.1.0 could not read.
        "request": {**study["request"], **study.get("settings", {})},
        "acknowledged": study["acknowledged"],
        "comparing": {**compared, "layout": view.pop("layout")},
        "view": {**view, "window": {"low": low, "high": high}},
        "rois": rois,
        "locked": None if locked is None else rois[locked],
    }
