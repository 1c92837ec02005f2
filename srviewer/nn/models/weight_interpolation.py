"""One model between two of the same shape: network interpolation (Wang et al. 2018)."""

from dataclasses import replace

import numpy as np

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model


def textured(model: Model, fidelity: Model, texture: Model, amount: float) -> Model:
    """``model`` moved by ``amount`` (0..1) of the way that leads from fidelity to texture.

    With ``model`` the fidelity weights, 1 gives the texture weights; a model that was adapted to a
    scan takes the same way from where it is. Raises UserError when the two are no pair.
    """
    check_pair(fidelity, texture)
    return _moved(model, fidelity, texture, amount)


def towards(model: Model, fitted: Model, share: float) -> Model:
    """``model`` moved by ``share`` (0..1) of the way to what it became by learning."""
    return _moved(model, model, fitted, share)


def _moved(model: Model, start: Model, end: Model, amount: float) -> Model:
    share = np.float32(amount)
    weights = {
        name: weight + share * (end.weights[name] - start.weights[name])
        if weight.dtype.kind == "f"
        else weight
        for name, weight in model.weights.items()
    }
    return replace(model, weights=weights)


def check_pair(fidelity: Model, texture: Model) -> None:
    """Raise UserError unless both are of one network and shape."""
    if fidelity.spec.id != texture.spec.id or fidelity.shapes != texture.shapes:
        raise UserError(
            f"The models '{fidelity.name}' and '{texture.name}' are no pair: their networks "
            f"differ. Train the second from the first."
        )
