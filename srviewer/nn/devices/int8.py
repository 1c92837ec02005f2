"""Whether this processor multiplies 8-bit integers exactly and fast."""

import platform
from functools import cache

import torch

X86 = ("x86_64", "amd64")
CHANNELS = 32


@cache
def int8_hindrance() -> str:
    """The reason why networks cannot compute in 8-bit integers here; "" where they can.

    Without VNNI (or AMX) oneDNN adds pairs of products in 16 bits, where large ones overflow.
    Whether they do is tried out: a processor's flags do not tell what a library makes of them.
    """
    if platform.machine().lower() not in X86 or not hasattr(torch.ops.onednn, "qconv2d_pointwise"):
        return "torch has no 8-bit convolutions for this processor"
    values = torch.full((1, CHANNELS, 3, 3), 255, dtype=torch.uint8)
    weight = torch.full((CHANNELS, CHANNELS, 3, 3), 127, dtype=torch.int8)
    ones, zeros = torch.ones(CHANNELS), torch.zeros(CHANNELS, dtype=torch.int32)
    layout = [1, 1], [0, 0], [1, 1], 1  # strides, padding, dilations, groups
    try:
        packed = torch.ops.onednn.qconv_prepack(weight, ones, 1.0, 0, *layout, None)
        sums = torch.ops.onednn.qconv2d_pointwise(
            values.to(memory_format=torch.channels_last), 1.0, 0, packed, ones, zeros, None,
            *layout, 1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
    except (RuntimeError, TypeError) as error:  # an operator of another version of torch
        return f"torch has no 8-bit convolutions here ({str(error).splitlines()[0][:80]})"
    if bool((sums == 255 * 127 * 9 * CHANNELS).all()):
        return ""
    return "this processor has no exact 8-bit products (VNNI or AMX)"
