"""The automatic choice of the model of a join: one for all stacks, by the largest."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.available_models import DEFAULT_MODEL
from srviewer.sr.requests.automatic_model import AUTO, with_automatic_model
from srviewer.sr.stacks.request import JoinRequest, single_request


def with_automatic_prior(stacks: Sequence[ScanHeader], request: JoinRequest) -> JoinRequest:
    """Choose the model of a join where it was not named.

    Args:
        stacks: The stacks; the time of the largest one by itself counts.
        request: The join.

    Returns:
        The join with a model; unchanged where one was named.
    """
    if request.model != AUTO:
        return request
    request = replace(request, model=DEFAULT_MODEL)
    if not method(request.method).needs_model or not stacks:
        return request
    largest = max(stacks, key=lambda stack: prod(stack.geometry.shape))
    single = with_automatic_model(largest, single_request(largest, request))
    return replace(request, model=single.model, model_reason=single.model_reason)
