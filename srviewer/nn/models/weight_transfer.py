"""Weight transfer: a trained network's weights in a larger one that computes the same (Net2Net)."""

from collections.abc import Mapping

import numpy as np

from srviewer.errors import UserError

Arrays = Mapping[str, np.ndarray]


def transferred(small: Arrays, fresh: Arrays) -> dict[str, np.ndarray]:
    """Weights for a wider or deeper network that compute what the smaller one did.

    Where a layer is wider, the transferred channels ignore the new ones at first (their weights are
    zero), while the new ones are as in ``fresh``. A residual block that ``small`` lacks starts as
    the identity: its last convolution is zero. After Chen, Goodfellow and Shlens 2016 (Net2Net).

    Args:
        small: The trained weights by name.
        fresh: The initial weights of the new network.

    Returns:
        Weights of the names and shapes of ``fresh``.

    Raises:
        UserError: ``small`` has a layer that is missing or smaller in ``fresh``.
    """
    unfit = [n for n, w in small.items() if n not in fresh or not _holds(fresh[n], w)]
    if unfit:
        raise UserError(
            f"The model to start from does not fit into this network: {', '.join(unfit[:3])}. "
            f"Start from a model of the same kind that is no larger."
        )
    return {
        name: _widened(small[name], weight) if name in small else _idle(name, weight)
        for name, weight in fresh.items()
    }


def _holds(large: np.ndarray, small: np.ndarray) -> bool:
    same_rank = large.ndim == small.ndim
    return same_rank and all(a >= b for a, b in zip(large.shape, small.shape, strict=True))


def _widened(small: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    weight = fresh.copy()
    weight[: len(small)] = 0
    weight[tuple(slice(n) for n in small.shape)] = small
    return weight


def _idle(name: str, fresh: np.ndarray) -> np.ndarray:
    return np.zeros_like(fresh) if ".second." in name else fresh.copy()
