"""Several processes that train one network under torchrun."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from srviewer.errors import UserError
from srviewer.nn.devices.processes import Process
from srviewer.nn.devices.processors import chosen_device


def process_device(name: str, process: Process) -> torch.device:
    """The device for this process: on a machine with several GPUs, one each."""
    device = chosen_device(name)
    return torch.device("cuda", process.local) if device.type == "cuda" else device


@contextmanager
def joined(process: Process, device: torch.device, batch: int) -> Iterator[None]:
    """The processes know each other inside the block; nothing happens for one alone.

    Raises UserError when ``batch`` patches cannot be shared out evenly.
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


def parallel(network: nn.Module, device: torch.device, process: Process) -> nn.Module:
    """The network whose gradients are averaged over all processes; itself for one alone.

    A step uses the tail of one factor only, so parameters may go without a gradient.
    """
    if process.of == 1:
        return network
    ids = [device.index] if device.type == "cuda" else None
    return DistributedDataParallel(
        network, ids, broadcast_buffers=False, find_unused_parameters=True
    )


def synchronised(network: nn.Module, device: torch.device, process: Process) -> nn.Module:
    """Batch normalisation over the patches of all processes, which torch has for GPUs only."""
    if process.of > 1 and device.type == "cuda":
        convert = nn.SyncBatchNorm.convert_sync_batchnorm
        together: nn.Module = convert(network)  # type: ignore[no-untyped-call]
        return together
    return network


def leaders(value: float, device: torch.device, process: Process) -> float:
    """The value of the process that leads, so that all decide alike."""
    if process.of == 1:
        return value
    shared = torch.tensor(value, dtype=torch.float64, device=device)
    distributed.broadcast(shared, 0)
    return shared.item()


def averaged(values: Tensor, process: Process) -> Tensor:
    """The mean of ``values`` over all processes."""
    if process.of > 1:
        distributed.all_reduce(values)
        values /= process.of
    return values
