"""A request as plain JSON values and back, each field checked on its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from srviewer.core.degrade import PROFILES, THICKEST
from srviewer.core.fuse import FUSIONS
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.nn.adaptation import MOST_SECONDS, MOST_STEPS, Adaptation
from srviewer.nn.plan import MAX_SEED
from srviewer.sr.devices import DEVICES
from srviewer.sr.methods import METHODS
from srviewer.sr.models import default_model, is_at_hand
from srviewer.sr.request import (
    GAPS,
    LARGEST_FACTOR,
    MINIMA,
    REPAIRS,
    THINNEST,
    Request,
    suggested_request,
)

LONGEST_MODEL = 4096  # characters: the path of a file
THINNEST_MM, THICKEST_MM = 1e-3, 1e3  # of any scan


@dataclass(frozen=True)
class Codec:
    """One field to JSON and back; ``read`` raises ValueError or UserError for what cannot be."""

    read: Callable[[object], Any]
    write: Callable[[Any], object] = lambda value: value


def request_document(request: Request) -> dict[str, object]:
    """Every field of ``request`` by its name, as plain JSON values."""
    return _document(request, REQUEST)


def known_settings(document: object) -> dict[str, Any]:
    """The fields of a Request that ``document`` gives; those that make no sense are left out.

    ``document``: any JSON value. Whether a model is there, and what suits a scan, is not asked.
    """
    known: dict[str, Any] = {}
    for name, codec in REQUEST.items():
        try:
            known[name] = codec.read(_entry(document, name))
        except (ValueError, LookupError, UserError):
            continue
    return known


def read_field(name: str, value: object) -> Any:
    """One field of a Request from its JSON value; ValueError or UserError for what cannot be."""
    return REQUEST[name].read(value)


def request_for(scan: Volume, document: object, device: str = "auto") -> Request:
    """The request in ``document``, with what suits ``scan`` for each field that does not fit it.

    ``device``: where ``document`` names none.
    """
    known = {"device": device, **known_settings(document)}
    axis, model = known.get("axis"), known.get("model")
    if axis is not None and scan.geometry.shape[axis] < 2:
        del known["axis"]
    if model is not None and not is_at_hand(model):
        del known["model"]
    model = known.get("model", default_model(known["device"]))
    request = replace(suggested_request(scan, known.get("axis"), model), **known)
    spacing, thickness = scan.geometry.spacing[request.axis], request.thickness_mm
    if thickness is not None and not THINNEST * spacing <= thickness <= THICKEST * spacing:
        request = replace(request, thickness_mm=None)
    further = [axis for axis, _ in request.also]
    if request.axis in further or any(scan.geometry.shape[axis] < 2 for axis in further):
        request = replace(request, also=())
    return request


def _document(values: Request | Adaptation, codecs: Mapping[str, Codec]) -> dict[str, object]:
    names = [field.name for field in fields(values)]
    return {name: codecs[name].write(getattr(values, name)) for name in names}


def _entry(document: object, name: str) -> object:
    """Raises ValueError for what is no object, LookupError for a field that is not there."""
    if not isinstance(document, Mapping):
        raise ValueError("no JSON object")
    return document[name]


def _whole(least: int, most: int) -> Codec:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"no whole number from {least} to {most}")
        return value

    return Codec(read)


def _number(least: float, most: float) -> Codec:
    def read(value: object) -> float:
        # Before it is made a float: NaN is in no range, and an int may be too long for one.
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not least <= value <= most:  # type: ignore[operator]
            raise ValueError(f"no number from {least:g} to {most:g}")
        return float(value)  # type: ignore[arg-type]

    return Codec(read)


def _word(known: Iterable[str]) -> Codec:
    words = tuple(known)

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"none of {', '.join(words)}")
        return value

    return Codec(read)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _model(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_MODEL or "\0" in value:
        raise ValueError("no name or file of a model")
    value.encode("utf-8")  # half a surrogate pair is no text, and its error a ValueError
    return value


def _optional(codec: Codec) -> Codec:
    return Codec(
        lambda value: None if value is None else codec.read(value),
        lambda value: None if value is None else codec.write(value),
    )


def _steps(value: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list | tuple) or len(value) > 2:
        raise ValueError("no list of up to two steps")
    steps = tuple(_step(one) for one in value)
    if len({axis for axis, _ in steps}) < len(steps):
        raise ValueError("an axis twice")
    return steps


def _step(value: object) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("no axis with its factor")
    return AXIS.read(value[0]), FACTOR.read(value[1])


def _repair(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(word in REPAIRS for word in value):
        raise ValueError(f"no list of {', '.join(REPAIRS)}")
    return tuple(word for word in REPAIRS if word in value)


def _adaptation(value: object) -> Adaptation:
    read = {name: codec.read(_entry(value, name)) for name, codec in ADAPTATION.items()}
    return Adaptation(**read)


AXIS, FACTOR = _whole(0, 2), _whole(2, LARGEST_FACTOR)
# Of each field of Adaptation.
ADAPTATION: Mapping[str, Codec] = {
    "seconds": _number(0.0, MOST_SECONDS),
    "steps": _whole(0, MOST_STEPS),
    "seed": _whole(0, MAX_SEED),
}
# Of each field of Request.
REQUEST: Mapping[str, Codec] = {
    "axis": AXIS,
    "factor": FACTOR,
    "method": _word(row.id for row in METHODS),
    "model": Codec(_model),
    "fusion": _word(row.id for row in FUSIONS),
    "device": _word(DEVICES),
    "isotropic": Codec(_flag),
    "gaps": _word(GAPS),
    "profile": _word(PROFILES),
    "thickness_mm": _optional(_number(THINNEST_MM, THICKEST_MM)),
    "also": Codec(_steps, lambda steps: [list(step) for step in steps]),
    "adaptation": _optional(
        Codec(_adaptation, lambda adaptation: _document(adaptation, ADAPTATION))
    ),
    "texture": _number(0.0, 1.0),
    "flips": Codec(_flag),
    "minimum": _word(MINIMA),
    "repair": Codec(_repair, list),
}
