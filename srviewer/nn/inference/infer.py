"""Running a trained network on stacks of slices."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn

from srviewer.core.volumes.volume import Voxels
from srviewer.errors import UserError, memory_ran_out
from srviewer.job import Job, Progress
from srviewer.nn.devices.precisions import UsedPrecision
from srviewer.nn.devices.processors import chosen_device, device_title
from srviewer.nn.inference.foreground_box import (
    Box,
    brightest,
    float32_box,
    int8_box,
    sharper_half,
)
from srviewer.nn.inference.int8_scales import int8_network
from srviewer.nn.inference.int8_slices import refined_in_int8
from srviewer.nn.inference.precision import used_precision
from srviewer.nn.inference.side_by_side import side_by_side
from srviewer.nn.models.building import check_fit
from srviewer.nn.models.model_file import Model
from srviewer.nn.networks.int8_residual import Int8Residual
from srviewer.nn.networks.receptive_field import receptive_radius
from srviewer.nn.networks.residual import ResidualNetwork

# Low-resolution pixels in one batch: on a CPU about 0.05 s of work, so that a cancel is prompt.
CPU_PIXELS = 16 * 1024
GPU_PIXELS = 4 * 1024 * 1024
# Values of one layer in a batch of 8-bit integers, whose batches are computed side by side: with
# fewer, threads wait for each other longer than they compute.
INT8_VALUES = 2 * 1024 * 1024

# Raised by torch when the memory of a device is full, or the device is lost.
DEVICE_ERRORS = (torch.OutOfMemoryError, getattr(torch, "AcceleratorError", torch.OutOfMemoryError))

Batch = Callable[[int, int], None]
Retreat = Callable[[RuntimeError, int, int], None]


class Upsampler:
    """A model of the layout "axis", ready to run on one device.

    ``precision``: "auto", "float32" or "int8"; other than with float32, ``fix_scales`` comes before
    slices are refined. Raises UserError when the weights do not fit the network, the device is
    absent or cannot compute in the precision, or the model is for images.
    """

    def __init__(self, model: Model, device: str = "auto", precision: str = "float32") -> None:
        if model.plan.layout != "axis":
            raise UserError(
                f"The model '{model.name}' enlarges 2D images; scans need one that was trained "
                f"with the layout 'axis'. Choose another model."
            )
        self.model = model
        self._lost = ""  # names a device that failed, for the title
        self.device = chosen_device("cpu" if (device, precision) == ("auto", "int8") else device)
        self.precision = used_precision(precision, model, self.device)
        self.neighbours = model.plan.neighbours
        self._quick: Int8Residual | None = None  # the network in 8-bit integers
        self._radii: dict[int, int] = {}  # of the receptive field, by the factor
        self._network = built_network(model).eval().to(self.device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def device_title(self) -> str:
        """The device as it is shown and exported, and the one that it replaced after a failure."""
        return device_title(self.device) + self._lost

    @property
    def network(self) -> nn.Module:
        """The network in float32, on the device."""
        return self._network

    @property
    def needs_scales(self) -> bool:
        """Whether ``fix_scales`` is still to come."""
        return self.precision.name == "int8" and self._quick is None

    def fix_scales(self, windows: Iterable[Voxels], factor: int, scale: float) -> Job[None]:
        """Fix the scales of 8-bit integers for all slices to come; nothing happens in float32.

        They depend on these windows alone, so results do not depend on batches. Where 8-bit
        integers differ too much from float32 on them, float32 it is, as ``precision`` says.

        Args:
            windows: (2k + 1, row, column) each: a slice with its neighbours, the thick axis as
                rows, in the unit of the scan.
            factor: The factor of the first pass.
            scale: The intensity range, by which the input is divided for the network.
        """
        network = self._network
        if not self.needs_scales or not isinstance(network, ResidualNetwork):
            return
        seen: list[torch.Tensor] = []
        for window in windows:
            yield Progress(0.0, "Measuring the network's values")
            rows, columns = self._box(*brightest(window), factor, scale)
            # Twice as many slices say more in the same time.
            columns = sharper_half(window[self.neighbours], columns)
            if rows.stop > rows.start and columns.stop > columns.start:
                neighbours_last = np.moveaxis(window[:, rows, columns], 0, -1)[None]
                seen.append(self._shares(np.ascontiguousarray(neighbours_last), scale))
        self._quick, reason = yield from int8_network(network, seen, factor)
        if self._quick is None:
            self.precision = UsedPrecision("float32", reason)

    def upsample(self, slices: Voxels, factor: int, scale: float) -> Job[Voxels]:
        """Refine a stack of slices along its rows.

        Each slice is given with its neighbours. A batch that does not fit into the memory is
        halved; when a single slice does not fit, or the device is lost, the CPU goes on.

        Args:
            slices: (slice, row, column), the thick axis as rows, in the unit of the scan.
            factor: One of the factors of the model.
            scale: The intensity range, by which the input is divided for the network.

        Returns:
            A job with (slice, factor * row, column) in the unit of the scan; UserError when a slice
            does not fit into the computer's memory either.
        """
        padded = np.pad(slices, ((self.neighbours, self.neighbours), (0, 0), (0, 0)), mode="edge")
        return (yield from self.upsample_seen(padded, factor, scale))

    def upsample_seen(self, padded: Voxels, factor: int, scale: float) -> Job[Voxels]:
        """Refine slices that come with their ``neighbours`` on both sides.

        A part of a stack gives the same values as the whole, when it begins where a batch begins.

        Args:
            padded: (slice + 2 neighbours, row, column), the thick axis as rows, in the unit of the
                scan.
            factor: One of the factors of the model.
            scale: The intensity range, by which the input is divided for the network.

        Returns:
            A job with (slice, factor * row, column), as of ``upsample``.

        Raises:
            ValueError: ``fix_scales`` did not come before.
        """
        if self.needs_scales:
            raise ValueError("the scales of 8-bit integers are not fixed")
        count, rows, columns = padded.shape
        count -= 2 * self.neighbours
        fine = np.empty((count, rows * factor, columns), np.float32)
        windows = sliding_window_view(padded, 2 * self.neighbours + 1, axis=0)
        in_rows, in_columns = brightest(padded)

        def box_of(start: int, stop: int) -> Box:
            seen = slice(start, stop + 2 * self.neighbours)
            return self._box(in_rows[seen], in_columns[seen], factor, scale)

        def refine(start: int, stop: int) -> None:
            self._refine(windows[start:stop], box_of(start, stop), factor, scale, fine[start:stop])

        def refine_quick(quick: Int8Residual, first: int, end: int) -> None:
            # A result depends on its box, which so is that of each slice alone.
            for box, alike in groupby(range(first, end), lambda start: box_of(start, start + 1)):
                start, *_ = numbers = list(alike)
                seen = windows[start : start + len(numbers)]
                values = refined_in_int8(quick, seen, box, factor, scale)
                check_result(values, self.model)
                fine[start : start + len(numbers)].reshape(values.shape)[:] = values

        lanes, work = 1, refine
        if self._quick is not None:
            lanes, work = torch.get_num_threads(), partial(refine_quick, self._quick)
        yield from self.in_batches(work, (count, rows, columns), self._retreat, lanes)
        return fine

    def in_batches(
        self, refine: Batch, shape: tuple[int, int, int], retreat: Retreat, lanes: int = 1
    ) -> Job[None]:
        """Refine a stack batch by batch; one that does not fit into the memory is halved.

        Args:
            refine: Refines the slices of a batch, from the first and the one behind the last.
            shape: (slices, rows, columns), before they are refined.
            retreat: Takes the error, rows and columns when a single slice does not fit, or the
                device is lost: raises it, or moves elsewhere, where the batch is tried again.
            lanes: The number of batches at a time.

        Yields:
            The progress, before each batch.
        """
        count, rows, columns = shape
        batch, start = self.batch_of(rows, columns), 0

        def refine_from(first: int) -> None:
            refine(first, min(first + batch, count))

        with side_by_side(lanes) as each:
            while start < count:
                try:
                    for first in each(refine_from, range(start, count, batch)):
                        start = first
                        yield Progress(start / count, f"Slice {start + 1} of {count}")
                    return
                except RuntimeError as error:
                    if not of_device(error):
                        raise
                    if _full(error) and batch > 1:
                        batch //= 2
                    else:
                        retreat(error, rows, columns)
                        batch = self.batch_of(rows, columns)

    def batch_of(self, rows: int, columns: int) -> int:
        """The number of slices in a batch.

        Args:
            rows: Of a slice, before it is refined.
            columns: Of a slice.

        Returns:
            1 or more, for the present device.
        """
        pixels = CPU_PIXELS if self.device.type == "cpu" else GPU_PIXELS
        if self._quick is not None:
            pixels = max(pixels, INT8_VALUES // self.model.plan.width)
        return max(1, pixels // (rows * columns))

    def _retreat(self, error: RuntimeError, rows: int, columns: int) -> None:
        """Fall back to the CPU; UserError when it was the CPU whose memory ran out."""
        if self.device.type == "cpu":
            if not _full(error):
                raise error
            raise UserError(
                f"A slice of {rows} x {columns} pixels does not fit into this computer's memory. "
                "Close other programs, choose a smaller model, or reconstruct a NIfTI file with "
                "'srviewer reconstruct --slabs always', which takes less."
            ) from error
        reason = "ran out of memory" if _full(error) else "was lost"
        self._lost = f", after {self.device.type} {reason}"
        self.device = torch.device("cpu")
        # From the file's weights: those on a device that is lost cannot be fetched any more.
        self._network = built_network(self.model).eval()
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _box(self, in_rows: Voxels, in_columns: Voxels, factor: int, scale: float) -> Box:
        """Rows and columns that go through the network, by ``brightest`` of some slices.

        Outside them the receptive field holds only air; in 8-bit integers no foreground is near.
        """
        if self.precision.name != "float32":
            return int8_box(in_rows, in_columns, scale)
        if factor not in self._radii:
            self._radii[factor] = receptive_radius(self._network, factor)
        return float32_box(in_rows, in_columns, scale, self._radii[factor])

    def _refine(self, windows: Voxels, box: Box, factor: int, scale: float, fine: Voxels) -> None:
        """One batch (B, row, column, 2k+1) into ``fine``; the network is run in the box alone."""
        rows, columns = box
        whole = (rows.stop - rows.start, columns.stop - columns.start) == windows.shape[1:3]
        if not whole:
            middle = windows[..., self.neighbours : self.neighbours + 1]
            fine[:] = self._run(self._network.get_submodule("base"), middle, factor, scale)
        if rows.stop > rows.start and columns.stop > columns.start:
            inner = slice(rows.start * factor, rows.stop * factor)
            seen = windows[:, rows, columns]
            fine[:, inner, columns] = self._run(self._network, seen, factor, scale)

    def _run(self, layers: nn.Module, windows: Voxels, factor: int, scale: float) -> Voxels:
        """One batch (B, row, column, C); torch's inference mode ends before anything yields."""
        with torch.inference_mode():
            fine = layers(self._shares(windows, scale), factor)
            values = np.asarray(fine[:, 0].mul_(scale).cpu().numpy())
        check_result(values, self.model)
        return values

    def _shares(self, windows: Voxels, scale: float) -> torch.Tensor:
        """(B, row, column, C) in the unit of the scan to (B, C, row, column), in shares of it."""
        # Neighbours last in memory is torch's channels_last layout: one gather, no more copies.
        batch = torch.from_numpy(windows / np.float32(scale)).to(self.device)
        return batch.permute(0, 3, 1, 2)


def of_device(error: RuntimeError) -> bool:
    """Whether an error says that a memory is full or a device lost.

    Args:
        error: As torch raised it.

    Returns:
        False for every other error.
    """
    return isinstance(error, DEVICE_ERRORS) or _full(error)


def _full(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or memory_ran_out(error)


def built_network(model: Model) -> nn.Module:
    """Build the network of a model with its weights.

    Args:
        model: The model.

    Returns:
        The torch module, on the processor.

    Raises:
        UserError: The weights do not fit the network.
    """
    check_fit(model)
    network = model.spec.build(model.plan.shape)
    network.load_state_dict({n: torch.from_numpy(np.array(w)) for n, w in model.weights.items()})
    return network


def weights_of(network: nn.Module) -> Iterator[tuple[str, np.ndarray]]:
    """The weights of a network as arrays.

    Args:
        network: The network, on any device.

    Yields:
        Name and copy of each parameter and stored buffer.
    """
    for name, weight in network.state_dict().items():
        yield name, weight.detach().cpu().numpy().copy()


def check_result(values: Voxels | torch.Tensor, model: Model) -> None:
    """Check that the output of a network is finite.

    Args:
        values: The output, an array or on a device.
        model: The model, for the message.

    Raises:
        UserError: A value is NaN or infinite.
    """
    if isinstance(values, torch.Tensor):
        finite = bool(torch.isfinite(values).all())
    else:
        finite = bool(np.isfinite(values).all())
    if not finite:
        raise UserError(
            f"The model {model.title} makes values that are no numbers: its weights are too large. "
            "The file is damaged; train or download it again, or choose another model."
        )
