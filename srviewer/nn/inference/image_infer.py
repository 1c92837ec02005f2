"""Running a trained network on a 2D image, tile by tile."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from srviewer.core.scores.bicubic import Image
from srviewer.errors import UserError
from srviewer.job import Job, Progress
from srviewer.nn.devices.processors import chosen_device, device_title
from srviewer.nn.inference.infer import built_network, check_result
from srviewer.nn.models.model_file import Model

# Low-resolution pixels along the side of a tile. 320 keeps a network of 64 channels that enlarges
# by 4 below 1 GB.
CPU_SIDE = 320
GPU_SIDE = 1024
LEAST_SIDE = 32
# Pixels around a tile that are input only: those further away hardly change an output pixel.
OVERLAP = 24
WARM_UP_SIDE = 48

Enlarge = Callable[[Image], Image]


class ImageUpsampler:
    """A model of the layout "image", ready to run on one device.

    Raises UserError when the weights do not fit the network or the device is absent.
    """

    def __init__(self, model: Model, device: str) -> None:
        self._model = model
        self.device = chosen_device(device)
        self._network = built_network(model).eval().to(self.device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._channels = model.plan.channels
        self._side = CPU_SIDE if self.device.type == "cpu" else GPU_SIDE
        self._warm_up(model.factors)

    @property
    def device_title(self) -> str:
        """The device as it is shown and exported."""
        return device_title(self.device)

    def upsample(self, image: Image, factor: int) -> Job[Image]:
        """Enlarge an image.

        A network of one channel enlarges each channel by itself. Tiles that do not fit into the
        device's memory are halved, for all images to come too.

        Args:
            image: (H, W, C) in 0..1.
            factor: One of the factors of the model.

        Returns:
            A job with (factor * H, factor * W, C).

        Raises:
            UserError: The smallest tiles do not fit into the memory.
        """
        while True:
            job = tiled(lambda tile: self._run(tile, factor), image, factor, self._side)
            try:
                return (yield from job)
            except torch.OutOfMemoryError as error:
                if self._side // 2 < LEAST_SIDE:
                    raise UserError(
                        f"A tile of {self._side} x {self._side} pixels does not fit into the "
                        f"memory of {self.device_title}. Choose the device 'cpu'."
                    ) from error
                self._side //= 2

    def _run(self, tile: Image, factor: int) -> Image:
        """One tile (H, W, C); torch's inference mode ends before anything yields."""
        with torch.inference_mode():
            planes = torch.from_numpy(np.ascontiguousarray(tile)).to(self.device).permute(2, 0, 1)
            batch = planes.reshape(-1, self._channels, *planes.shape[1:])
            large: Tensor = self._network(batch, factor)
            values = np.asarray(large.flatten(0, 1).permute(1, 2, 0).cpu().numpy())
        check_result(values, self._model)
        return values

    def _warm_up(self, factors: tuple[int, ...]) -> None:
        """Run once for each factor: the first run is slow, and images are timed."""
        blank = np.zeros((WARM_UP_SIDE, WARM_UP_SIDE, 3), np.float32)
        for factor in factors:
            self._run(blank, factor)


def tiled(enlarge: Enlarge, image: Image, factor: int, side: int) -> Job[Image]:
    """Enlarge an image tile by tile and join the results.

    Each tile is extended by ``OVERLAP`` pixels around it, as far as the image goes.

    Args:
        enlarge: Makes (factor * h, factor * w, C) of (h, w, C).
        image: (H, W, C).
        factor: The factor of ``enlarge``.
        side: The longest side of a tile in pixels, without the overlap.

    Returns:
        A job with (factor * H, factor * W, C).
    """
    rows, columns, channels = image.shape
    large = np.empty((rows * factor, columns * factor, channels), np.float32)
    tiles = [(down, across) for down in _spans(rows, side) for across in _spans(columns, side)]
    for number, (down, across) in enumerate(tiles):
        yield Progress(number / len(tiles), f"Tile {number + 1} of {len(tiles)}")
        around = _widened(down, rows), _widened(across, columns)
        result = enlarge(image[around])
        inner = tuple(
            slice((tile.start - seen.start) * factor, (tile.stop - seen.start) * factor)
            for tile, seen in zip((down, across), around, strict=True)
        )
        outer = tuple(slice(s.start * factor, s.stop * factor) for s in (down, across))
        large[outer] = result[inner]
    return large


def _spans(length: int, side: int) -> Iterator[slice]:
    """Spans of at most ``side``, of nearly equal length, that cover 0..length."""
    count = math.ceil(length / side)
    for number in range(count):
        yield slice(number * length // count, (number + 1) * length // count)


def _widened(span: slice, length: int) -> slice:
    return slice(max(0, span.start - OVERLAP), min(length, span.stop + OVERLAP))
