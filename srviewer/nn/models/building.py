"""Checks of a network's weights and size before memory is taken for it."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from srviewer.core.byte_counts import bytes_text
from srviewer.errors import UserError
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.safetensors_file import MAX_BYTES, ArrayKind

DATA_TYPES = {torch.float32: "F32", torch.int64: "I64"}  # as safetensors names them
NUMPY_TYPES = {"F32": np.dtype(np.float32), "I64": np.dtype(np.int64)}


def check_fit(model: Model) -> None:
    """Check that a model's weights are those of its network; takes no memory.

    Args:
        model: The model.

    Raises:
        UserError: A name, shape or type differs.
    """
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
    """Check that a network fits into a model file; takes no memory.

    Args:
        build: Builds the network.
        what: The network's name in the message, such as "discriminator".

    Raises:
        UserError: Its weights are more than MAX_BYTES.
    """
    numbers = sum(weight.numel() for weight in outlined(build).state_dict().values())
    size = 4 * numbers
    if size > MAX_BYTES:
        raise UserError(
            f"The {what} of this training plan has {bytes_text(size)} of weights, and a model "
            f"file holds at most {bytes_text(MAX_BYTES)}. Give a smaller width or fewer blocks."
        )


class _Undrawn(TorchFunctionMode):
    """Skips random initialisation, for which torch would load its symbolic shapes for seconds."""

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
    """Build a module with shapes and without values.

    Args:
        build: Builds the module.

    Returns:
        The module on torch's device "meta".
    """
    with torch.device("meta"), _Undrawn():
        return build()


def kinds_of(network: nn.Module) -> dict[str, ArrayKind]:
    """Type and shape of a network's weights.

    Args:
        network: The network, with or without values.

    Returns:
        Type and shape of each parameter and stored buffer, by name.
    """
    return {
        name: ArrayKind(DATA_TYPES[weight.dtype], tuple(weight.shape))
        for name, weight in network.state_dict().items()
    }
