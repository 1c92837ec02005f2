"""Weight interpolation: a model between two of the same shape (Wang et al. 2018)."""

from dataclasses import replace

import numpy as np

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model


def textured(model: Model, fidelity: Model, texture: Model, amount: float) -> Model:
    """Move a model along the difference of the texture and the fidelity weights.

    Args:
        model: The fidelity model, or one that was adapted to a scan from it.
        fidelity: The fidelity model.
        texture: The texture model that belongs to it.
        amount: How much of the difference is added, 0..1; with ``model`` the fidelity model, 1
            gives the texture weights.

    Returns:
        ``model`` with the moved weights; integers, such as counters, are its own.

    Raises:
        UserError: The two are of different networks or shapes.
    """
    check_pair(fidelity, texture)
    return _moved(model, fidelity, texture, amount)


def towards(model: Model, fitted: Model, share: float) -> Model:
    """Move a model towards its fitted weights.

    Args:
        model: The model before adaptation.
        fitted: The model after it.
        share: How far it moves, 0..1.

    Returns:
        ``model`` with the moved weights.
    """
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
    """Check that two models can be interpolated.

    Args:
        fidelity: The fidelity model.
        texture: The texture model.

    Raises:
        UserError: They are of different networks or shapes.
    """
    if fidelity.spec.id != texture.spec.id or fidelity.shapes != texture.shapes:
        raise UserError(
            f"The models '{fidelity.name}' and '{texture.name}' are no pair: their networks "
            f"differ. Train the second from the first."
        )
