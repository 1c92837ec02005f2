"""Slices refined by a network in 8-bit integers, in the box around their foreground."""

import numpy as np
import torch

from srviewer.core.volumes.volume import Voxels
from srviewer.nn.inference.foreground_box import Box
from srviewer.nn.networks.int8_residual import Int8Residual


def refined_in_int8(
    quick: Int8Residual, windows: Voxels, box: Box, factor: int, scale: float
) -> Voxels:
    """Refine slices along their rows: detail in the box is added to the base of all.

    Args:
        quick: The network.
        windows: (B, row, column, 2k + 1), slices with their neighbours, in the unit of the scan.
        box: Where the network is run, the same for all slices; empty for nowhere.
        factor: One of the factors of the network.
        scale: The intensity range, by which the input is divided for the network.

    Returns:
        (B, row, factor, column) in the unit of the scan: the thin rows of each thick one.
    """
    rows, columns = box
    middle = windows.shape[3] // 2
    with torch.inference_mode():
        bases = (torch.from_numpy(slices / np.float32(scale)) for slices in windows[..., middle])
        phases = torch.stack([quick.base.phases(base, factor) for base in bases])
        if rows.stop > rows.start and columns.stop > columns.start:
            seen = shares_of(windows[:, rows, columns], scale)
            phases[:, :, rows, columns] += quick.detail(seen, factor)
        return np.asarray(phases.mul_(scale).numpy().transpose(0, 2, 1, 3))


def shares_of(windows: Voxels, scale: float) -> torch.Tensor:
    """Slices as the input of a network on the processor.

    Args:
        windows: (B, row, column, C) in the unit of the scan.
        scale: The intensity range.

    Returns:
        (B, C, row, column) in shares of the range.
    """
    return torch.from_numpy(windows / np.float32(scale)).permute(0, 3, 1, 2)
