"""Whether weights fit a network, and how large it is, before memory is taken for it."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.safetensors_file import MAX_BYTES, ArrayKind

DATA_TYPES = {torch.float32: "F32", torch.int64: "I64"}  # as safetensors names them
NUMPY_TYPES = {"F32": np.dtype(np.float32), "I64": np.dtype(np.int64)}


def check_fit(model: Model) -> None:
    """UserError when the weights are not those of the model's network; takes no memory."""
    wanted = kinds_of(outlined(lambda: model.spec.build(model.plan.shape)))
    fits = wanted.keys() == model.weights.keys() and all(
        (weight.dtype, weight.shape) == (NUMPY_TYPES[wanted[name].data_type], wanted[name].shape)
        for name, weight in model.weights.items()
    )
    if not fits:
        raise UserError(
            f"The weights of model {model.title} do not fit its network '{model.spec.id}'. "
            f"The file is damaged or from another version; train or download it again."
        )


def check_size(build: Callable[[], nn.Module], what: str) -> None:
    """UserError when the weights of what ``build`` makes are more than a model file holds."""
    numbers = sum(weight.numel() for weight in outlined(build).state_dict().values())
    size = 4 * numbers
    if size > MAX_BYTES:
        raise UserError(
            f"The {what} of this training plan has {size / 1e9:,.1f} GB of weights, and a model "
            f"file holds at most {MAX_BYTES / 1e9:.1f} GB. Give a smaller width or fewer blocks."
        )


class _Undrawn(TorchFunctionMode):
    """Draws no random values, for which torch would load for seconds what it has of symbols."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func in (torch.Tensor.normal_, torch.Tensor.uniform_):
            return args[0]
        return func(*args, **(kwargs or {}))


def outlined(build: Callable[[], nn.Module]) -> nn.Module:
    """The module that ``build`` makes, with shapes and without values."""
    with torch.device("meta"), _Undrawn():
        return build()


def kinds_of(network: nn.Module) -> dict[str, ArrayKind]:
    """Name -> type and shape of each parameter and stored buffer."""
    return {
        name: ArrayKind(DATA_TYPES[weight.dtype], tuple(weight.shape))
        for name, weight in network.state_dict().items()
    }
