"""The choice of a precision: 8-bit integers where the device and the network have them."""

import torch

from srviewer.errors import UserError
from srviewer.nn.devices.int8 import int8_hindrance
from srviewer.nn.devices.precisions import FLOAT32, INT8, Precision, UsedPrecision
from srviewer.nn.devices.processors import chosen_device
from srviewer.nn.models.model_file import Model


def used_precision(name: str, model: Model, device: torch.device) -> UsedPrecision:
    """The precision of a network on a device.

    Args:
        name: One of PRECISIONS; "auto" for 8-bit integers where they are at hand.
        model: The model.
        device: Where it runs.

    Returns:
        The precision; float32 for a network without 8-bit blocks, whatever the name.

    Raises:
        UserError: 8-bit integers are asked for by name, and the device cannot compute in them.
    """
    if name == "float32":
        return FLOAT32
    if not model.spec.int8:
        return UsedPrecision("float32", f"the network '{model.spec.id}' has no 8-bit blocks")
    hindrance = "only the processor computes in them" if device.type != "cpu" else int8_hindrance()
    if hindrance and name == "int8":
        raise UserError(
            f"The precision 'int8' was asked for, 8-bit integers on the device '{device.type}', "
            f"but {hindrance}. Choose the precision 'auto' or 'float32'."
        )
    return UsedPrecision("float32", hindrance) if hindrance else INT8


def settled_precision(name: str, device: str) -> Precision:
    """Settle "auto" once for many reconstructions, as this machine would.

    Args:
        name: One of PRECISIONS.
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        "float32" or "int8"; networks without 8-bit blocks run in float32 all the same.

    Raises:
        UserError: The machine lacks the device.
    """
    if name == "auto":
        at_hand = chosen_device(device).type == "cpu" and not int8_hindrance()
        return "int8" if at_hand else "float32"
    return "int8" if name == "int8" else "float32"
