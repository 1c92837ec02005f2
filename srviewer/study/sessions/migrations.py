"""Migrations of session files of earlier versions."""

from typing import Any, TypeVar

Document = dict[str, Any]
T = TypeVar("T")


def from_one_study(document: Document) -> Document:
    """Migrate version 1, a single study, to version 2, a list of studies.

    Args:
        document: The fields of version 1.

    Returns:
        The fields of version 2.
    """
    return {**document, "studies": [document], "front": 0}


def from_saved_fields(document: Document) -> Document:
    """Migrate version 2, whose fields had a form of their own, to version 3, those of the state.

    Args:
        document: The fields of version 2.

    Returns:
        The fields of version 3.

    Raises:
        ValueError: an object or a list is something else; whatever is inside is not looked at.
        LookupError: a field is missing.
    """
    studies = _checked(document["studies"], list)
    return {**document, "studies": [_study(_checked(study, dict)) for study in studies]}


def _study(study: Document) -> Document:
    kept = ("scan", "results", "reference", "layers", "loaded")
    shown = _checked(study.get("shown", []), list)
    # The first files of version 2 had fewer fields.
    return {
        **{name: study[name] for name in kept if name in study},
        "shown": [_checked(entry, dict)["key"] for entry in shown],
        "state": _state(study),
    }


def _state(study: Document) -> Document:
    view = dict(_checked(study["view"], dict))
    compared = _checked(study.get("comparing") or {}, dict)
    request = _checked(study["request"], dict)
    rois, locked = _checked(study["rois"], list), study.get("locked")
    low, high = _checked(view.pop("window"), list)
    layout = view.pop("layout")
    if view.get("colours") is None:
        view = {name: value for name, value in view.items() if name not in ("colours", "inverted")}
    return {
        # "settings" holds what version 0.1.0 could not read.
        "request": {**request, **_checked(study.get("settings", {}), dict)},
        "acknowledged": study["acknowledged"],
        "comparing": {**compared, "layout": layout},
        "view": {**view, "window": {"low": low, "high": high}},
        "rois": rois,
        "locked": None if locked is None else _one_of(rois, locked),
    }


def _one_of(rois: list[Any], number: Any) -> Any:
    if type(number) is not int or number < 0:
        raise ValueError(f"{number!r:.40} is no number of a measurement")
    return rois[number]


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r:.40} is no {kind.__name__}")
    return value
