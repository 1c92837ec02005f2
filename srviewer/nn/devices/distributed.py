"""Data-parallel training: several processes that train one network under torchrun."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from srviewer.errors import UserError
from srviewer.nn.devices.processes import Process
from srviewer.nn.devices.processors import chosen_device


def process_device(name: str, process: Process) -> torch.device:
    """The device of a process: on a machine with several GPUs, one each.

    Args:
        name: "auto", "cpu", "cuda" or "mps".
        process: This process.

    Returns:
        The device; UserError where the machine lacks it.
    """
    device = chosen_device(name)
    return torch.device("cuda", process.local) if device.type == "cuda" else device


@contextmanager
def process_group(process: Process, device: torch.device, batch: int) -> Iterator[None]:
    """Join the processes of a run inside the block; nothing happens for one alone.

    Args:
        process: This process.
        device: Its device.
        batch: Patches of a training batch, over all processes.

    Yields:
        Nothing.

    Raises:
        UserError: ``batch`` is no multiple of the number of processes.
    """
    if process.of == 1:
        yield
        return
    if batch % process.of:
        raise UserError(
            f"A batch of {batch} patches cannot be shared by {process.of} processes. Use a batch "
            f"that is a multiple of {process.of}."
        )
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        distributed.destroy_process_group()


def data_parallel(network: nn.Module, device: torch.device, process: Process) -> nn.Module:
    """Wrap a network so that its gradients are averaged over all processes.

    A step uses the tail of one factor only, so parameters may go without a gradient.

    Args:
        network: The network.
        device: That of this process.
        process: This process.

    Returns:
        The wrapped network; itself where there is one process.
    """
    if process.of == 1:
        return network
    ids = [device.index] if device.type == "cuda" else None
    return DistributedDataParallel(
        network, ids, broadcast_buffers=False, find_unused_parameters=True
    )


def synchronised(network: nn.Module, device: torch.device, process: Process) -> nn.Module:
    """Batch normalisation over the patches of all processes, which torch has for GPUs only.

    Args:
        network: The network.
        device: That of this process.
        process: This process.

    Returns:
        The converted network; itself where there is one process, or no GPU.
    """
    if process.of > 1 and device.type == "cuda":
        convert = nn.SyncBatchNorm.convert_sync_batchnorm
        together: nn.Module = convert(network)  # type: ignore[no-untyped-call]
        return together
    return network


def leaders(value: float, device: torch.device, process: Process) -> float:
    """Share a value of the leading process, so that all decide alike.

    Args:
        value: The value of this process.
        device: Its device.
        process: This process.

    Returns:
        The value of the leading process.
    """
    if process.of == 1:
        return value
    shared = torch.tensor(value, dtype=torch.float64, device=device)
    distributed.broadcast(shared, 0)
    return shared.item()


def averaged(values: Tensor, process: Process) -> Tensor:
    """The mean over all processes.

    Args:
        values: Of any shape, in float; changed in place.
        process: This process.

    Returns:
        The mean of ``values``, of the same shape.
    """
    if process.of > 1:
        distributed.all_reduce(values)
        values /= process.of
    return values
