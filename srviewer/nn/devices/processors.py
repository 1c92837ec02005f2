"""Which processor a network runs on."""

import torch

from srviewer.errors import UserError
from srviewer.nn.devices.threads import wanted_threads


def chosen_device(name: str) -> torch.device:
    """The device for "auto", "cpu", "cuda" or "mps"; UserError when the machine lacks it.

    The processor's threads become those that were wanted: every job starts here.
    """
    if threads := wanted_threads():
        torch.set_num_threads(threads)
    present = present_devices()
    if name == "auto":
        return torch.device(present[0])
    if name not in present:
        raise UserError(
            f"This machine has no device '{name}' that torch can use; it has: {', '.join(present)}."
        )
    return torch.device(name)


def present_devices() -> tuple[str, ...]:
    """What this machine has, the fastest kind first; "cpu" is always there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return (*(name for name, present in there.items() if present), "cpu")


def device_title(device: torch.device) -> str:
    """What to show for a device: its kind and, for a GPU, its name."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type
