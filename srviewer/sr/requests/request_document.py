"""A request as plain JSON values and back, each field checked on its own."""

from dataclasses import replace
from typing import Any

from srviewer import codec
from srviewer.core.acquisition.slice_profiles import THICKEST
from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.models.available_models import DEFAULT_MODEL, is_at_hand
from srviewer.sr.requests.automatic_model import with_automatic_model
from srviewer.sr.requests.request import THINNEST, Request, suggested_request


def request_document(request: Request) -> dict[str, object]:
    """Every field of a request by its name, as plain JSON values.

    Args:
        request: The request.

    Returns:
        The document.
    """
    document: dict[str, object] = codec.to_plain(request)
    return document


def known_settings(document: Any) -> dict[str, Any]:
    """The fields of a request in a document, without those that are not valid.

    Whether a model exists, and what suits a scan, is not checked.

    Args:
        document: Any JSON value.

    Returns:
        Name -> value of each valid field.
    """
    known = codec.known_fields(document, Request)
    if len({axis for axis, _ in known.get("also", ())}) < len(known.get("also", ())):
        del known["also"]  # an axis twice
    adaptation = known.get("adaptation")
    if adaptation is not None and codec.to_plain(adaptation).keys() - document["adaptation"].keys():
        del known["adaptation"]  # what is not said of it is not known
    return known


def read_field(name: str, value: object) -> Any:
    """One field of a request from its JSON value.

    Args:
        name: The name of the field.
        value: Any JSON value.

    Returns:
        The value of the field.

    Raises:
        ValueError: The value is not valid.
    """
    known = known_settings({name: value})
    if name not in known:
        raise ValueError(f"'{name}' of a request cannot be {value!r:.80}")
    return known[name]


def request_for(scan: ScanHeader, document: object, device: str = "auto") -> Request:
    """The request in a document, with what suits a scan for each field that does not fit it.

    Args:
        scan: The scan.
        document: Any JSON value.
        device: The device where the document names none.

    Returns:
        A request that can be done on the scan.
    """
    known = {"device": device, **known_settings(document)}
    axis, model = known.get("axis"), known.get("model")
    if axis is not None and scan.geometry.shape[axis] < 2:
        del known["axis"]
    if model is not None and not is_at_hand(model):
        del known["model"]
    model = known.get("model", DEFAULT_MODEL)
    request = replace(suggested_request(scan, known.get("axis"), model), **known)
    spacing, thickness = scan.geometry.spacing[request.axis], request.thickness_mm
    if thickness is not None and not THINNEST * spacing <= thickness <= THICKEST * spacing:
        request = replace(request, thickness_mm=None)
    further = [axis for axis, _ in request.also]
    if request.axis in further or any(scan.geometry.shape[axis] < 2 for axis in further):
        request = replace(request, also=())
    return request if "model" in known else with_automatic_model(scan, request)
