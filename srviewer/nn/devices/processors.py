"""The devices that networks run on: processor or GPU."""

import torch

from srviewer.errors import UserError
from srviewer.nn.devices.cores import usable_cores
from srviewer.nn.devices.threads import wanted_threads


def chosen_device(name: str) -> torch.device:
    """The device of a name.

    The number of processor threads is set too, since every job starts here.

    Args:
        name: "auto" for the fastest, "cpu", "cuda" or "mps".

    Returns:
        The device.

    Raises:
        UserError: The machine lacks it.
    """
    threads = wanted_threads()
    if not threads and usable_cores() < torch.get_num_threads():
        threads = usable_cores()  # torch does not ask Slurm, nor the control group of a container
    if threads:
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
    """The devices of this machine, the fastest first; "cpu" is always one of them."""
    is_present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return (*(name for name, present in is_present.items() if present), "cpu")


def device_title(device: torch.device) -> str:
    """The name of a device for people.

    Args:
        device: The device.

    Returns:
        Its type and, for a GPU, its name.
    """
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type
