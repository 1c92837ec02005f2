"""Both planes of a scan refined and joined on the network's device: one way there, one back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor, nn

from srviewer.core.volumes.volume import Voxels
from srviewer.job import Job, Progress, within
from srviewer.nn.inference.foreground_box import AIR_SHARE, Box, box_around
from srviewer.nn.inference.infer import Upsampler, check_result, of_device
from srviewer.nn.networks.receptive_field import receptive_radius

JOINING = "Joining both planes"
REFINED = 0.95  # how far the whole is when both planes of every mirrored copy have been refined

# By the id of the fusion: (first, second) -> fused.
JOINED: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mean": lambda first, second: (first + second).mul_(0.5),
    "first": lambda first, second: first,
    "second": lambda first, second: second,
}


@dataclass(frozen=True, eq=False)
class JoinedPlanes:
    """Both planes, joined: (i, j, k) on the refined grid each, in the unit of the scan.

    Attributes:
        voxels: The refined voxels.
        disagreement: Magnitude of the difference of the two planes.
        spread: Standard deviation over the mirrored copies; None for a single one.
    """

    voxels: Voxels
    disagreement: Voxels
    spread: Voxels | None


@dataclass(frozen=True, eq=False)
class DevicePlanes:
    """Refines a scan by a network in float32 without leaving its device in between.

    Attributes:
        upsampler: The network.
        order: The array axes as the slices of the first plane have them: normal, thick axis,
            columns. Those of the second one have its columns as normal, and its normal as columns.
        stages: The factor of each pass.
        scale: The intensity range, by which the input is divided for the network.
        floor: Is added to the refined voxels, in the unit of the scan.
        fusion: An id of ``JOINED``.
    """

    upsampler: Upsampler
    order: tuple[int, int, int]
    stages: tuple[int, ...]
    scale: float
    floor: float
    fusion: str

    def joined(self, scan: Voxels, mirrors: Sequence[tuple[int, ...]]) -> Job[JoinedPlanes | None]:
        """Refine both planes of a scan, and join them.

        Args:
            scan: (i, j, k) thick voxels without padding, less the floor.
            mirrors: For each copy the array axes that it is mirrored along.

        Returns:
            A job with the refined voxels and their maps; None where the device has not enough
            memory for the whole, or is lost. UserError where the network makes values that are no
            numbers.
        """
        try:
            return (yield from self._joined(scan, mirrors))
        except RuntimeError as error:
            if not of_device(error):
                raise
        return None  # here, where nothing holds the tensors of the frames above any more

    def _joined(self, scan: Voxels, mirrors: Sequence[tuple[int, ...]]) -> Job[JoinedPlanes]:
        # A copy: torch takes no array that is mirrored, and complains of one that is read-only.
        thick = torch.from_numpy(np.array(scan, np.float32, order="C")).to(self.upsampler.device)
        copies = []
        for number, axes in enumerate(mirrors):
            span = (REFINED * (number + n) / len(mirrors) for n in (0, 1))
            copies.append((yield from within(self._copy(thick, axes), *span)))
        yield Progress(REFINED, JOINING)
        voxels, differing, spread = self._mean(copies)
        fetched = _fetched(voxels)
        yield Progress((1 + REFINED) / 2, JOINING)
        return JoinedPlanes(
            fetched, _fetched(differing), None if spread is None else _fetched(spread)
        )

    def _copy(self, thick: Tensor, axes: tuple[int, ...]) -> Job[tuple[Tensor, Tensor]]:
        """(fused, disagreement) of a mirrored copy, as the scan lies."""
        mirrored = thick.flip(axes) if axes else thick
        orders = self.order, self.order[::-1]
        first, second = (mirrored.permute(order) for order in orders)
        first = yield from within(self._plane(first), 0.0, 0.5)
        second = yield from within(self._plane(second), 0.5, 1.0)
        with torch.inference_mode():
            first, second = (
                fine.permute([order.index(axis) for axis in range(3)])
                for fine, order in zip((first, second), orders, strict=True)
            )
            differing = (first - second).abs_()
            fused = JOINED[self.fusion](first, second)
            return (fused.flip(axes), differing.flip(axes)) if axes else (fused, differing)

    def _mean(self, copies: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor, Tensor | None]:
        """(fused, disagreement, spread) of all copies, with the floor."""
        with torch.inference_mode():
            voxels, differing = copies[0]
            if len(copies) == 1:
                return (voxels + self.floor if self.floor else voxels), differing, None
            every = torch.stack([fused for fused, _ in copies])
            spread = every.std(dim=0, correction=0)
            disagreements = torch.stack([one for _, one in copies])
            return every.mean(dim=0) + self.floor, disagreements.mean(dim=0), spread

    def _plane(self, slices: Tensor) -> Job[Tensor]:
        """(slice, row, column) through every pass."""
        around, count = self.upsampler.neighbours, len(self.stages)
        for number, factor in enumerate(self.stages):
            total, rows, columns = slices.shape
            fine = slices.new_empty((total, rows * factor, columns))
            seen = torch.arange(-around, total + around, device=slices.device)
            padded = slices[seen.clamp_(0, total - 1)]
            refine = partial(self._refine, padded, fine, factor)
            job = self.upsampler.in_batches(refine, (total, rows, columns), _given_up)
            yield from within(job, number / count, (number + 1) / count)
            slices = fine
        return slices

    @torch.inference_mode()
    def _refine(self, padded: Tensor, fine: Tensor, factor: int, start: int, stop: int) -> None:
        """A batch into ``fine``; where the receptive field holds only air, the base alone."""
        network, around = self.upsampler.network, self.upsampler.neighbours
        seen, into = padded[start : stop + 2 * around], fine[start:stop]
        rows, columns = self._box(seen, factor)
        windows = seen.unfold(0, 2 * around + 1, 1)  # (slice, row, column, neighbour)
        whole = (rows.stop - rows.start, columns.stop - columns.start) == seen.shape[1:]
        if not whole:
            middle = windows[..., around : around + 1]
            into.copy_(self._run(network.get_submodule("base"), middle, factor))
        if rows.stop > rows.start and columns.stop > columns.start:
            inner = slice(rows.start * factor, rows.stop * factor)
            into[:, inner, columns] = self._run(network, windows[:, rows, columns], factor)
        # This waits for the device, so that the progress is true and a cancel is prompt.
        check_result(into, self.upsampler.model)

    def _run(self, layers: nn.Module, windows: Tensor, factor: int) -> Tensor:
        """(slice, row, column, neighbour) to (slice, factor * row, column)."""
        # A number would be turned into a factor, which rounds once more.
        scale = torch.full((), self.scale, dtype=windows.dtype, device=windows.device)
        shares = windows.contiguous() / scale  # neighbours last in memory: channels_last
        fine: Tensor = layers(shares.permute(0, 3, 1, 2), factor)
        return fine[:, 0].mul_(scale)

    def _box(self, seen: Tensor, factor: int) -> Box:
        """Rows and columns outside which the receptive field holds only air."""
        brightest = seen.abs().amax(dim=0)
        rows, columns = (
            _fetched(brightest.amax(dim=axis) > AIR_SHARE * self.scale) for axis in (1, 0)
        )
        return box_around(rows, columns, receptive_radius(self.upsampler.network, factor))


def _given_up(error: RuntimeError, rows: int, columns: int) -> NoReturn:
    """Leave the device to those who need less of it."""
    raise error


def _fetched(values: Tensor) -> np.ndarray:
    # In the order of the array axes, in which all that follows is quickest.
    return np.asarray(values.contiguous().cpu().numpy())
