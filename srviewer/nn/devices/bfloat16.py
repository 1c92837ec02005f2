"""Whether a device multiplies bfloat16 faster than float32."""

import torch


def is_faster_in_bfloat16(device: torch.device) -> bool:
    """Whether training is faster in mixed precision on a device.

    GPUs are. Of processors only those with matrix units (AMX) are; the others are slower by up to
    tens of times, since they imitate bfloat16.

    Args:
        device: The device.

    Returns:
        True for CUDA, and for a processor with matrix units for bfloat16.
    """
    if device.type == "cpu":
        return bool(torch.cpu.get_capabilities().get("amx_bf16", False))
    return device.type == "cuda"
