"""Seconds of whole reconstructions on a GPU: `python -m benchmarks.gpu [MODEL ...]`.

A noisy ball that fills its box, factor 4; each shape twice, the second time counts. Beside it the
same with both planes joined on the processor, the networks alone fed by the processor, and the rate
of their multiply-adds as a share of what a large bfloat16 matrix product reaches on the same device
in the same run. Without a GPU, `--device cpu --thick 32x32x8` shows that it runs: there both ways
are the same.
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import Volume
from srviewer.core.volumes.voxel_sources import ArrayVoxels, Memory, Shape, Storage, kept
from srviewer.job import run
from srviewer.nn.devices.processors import device_title
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.model_file import Model
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import reconstructed
from srviewer.sr.requests.request import Request

FACTOR, THICK = 4, 2
SHAPES = ((256, 256, 32), (256, 256, 64), (320, 320, 80), (512, 512, 64))
CHECKED = (96, 96, 24)  # reconstructed on the processor too
MATRIX, PRODUCTS = 8192, 10


def main() -> int:
    """A table, and what the GPU's numbers differ by from the processor's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["fast", "quality"])
    parser.add_argument("--device", default="cuda")
    parser.add_argument(
        "--thick", nargs="+", type=voxels_along, default=SHAPES, metavar="IxJxK", help="thick scans"
    )
    args = parser.parse_args()
    device = torch.device(args.device)
    rate = matrix_rate(device)
    print(f"{device_title(device)}, torch {torch.__version__}: {rate / 1e12:.0f} TFLOP/s\n")
    print(
        "| model | result | reconstruction | joined on the processor | networks alone | "
        "share of the rate | GPU memory |"
    )
    print("|---|---|---|---|---|---|---|")
    models = [find_model(name) for name in args.models]
    for model in models:
        for shape in args.thick:
            print(row(model, noisy(shape), device, rate), flush=True)
    print()
    for model in models:
        print(f"{model.name}: {apart(model, args.device):.1e} of the range from the processor's")
    return 0


class OutsideMemory:
    """Storage in memory that does not say so: for it, planes are joined on the processor."""

    def voxels(self, shape: Shape, edges: Shape) -> ArrayVoxels:
        """Create a store, as Memory does."""
        return Memory().voxels(shape, edges)


def voxels_along(text: str) -> Shape:
    """Read "256x256x64"."""
    i, j, k = map(int, text.split("x"))
    return i, j, k


def noisy(shape: tuple[int, int, int]) -> Volume:
    """A scan without air, so that nothing can be left out."""
    random = np.random.default_rng(0)
    i, j, k = np.ogrid[tuple(slice(-1, 1, complex(0, n)) for n in shape)]
    ball = np.clip(1.2 - (i**2 + j**2 + k**2), 0, 0.5) * 1600
    voxels = (ball + random.uniform(100, 200, shape)).astype(np.float32)
    return Volume(voxels, Geometry(shape, np.diag([1, 1, FACTOR, 1])), "ball")


def row(model: Model, scan: Volume, device: torch.device, rate: float) -> str:
    """One line of the table."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    whole = second_time(lambda: rebuilt(scan, model, device.type))
    held = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0
    outside = second_time(lambda: rebuilt(scan, model, device.type, OutsideMemory()))
    upsampler = Upsampler(model, device.type)
    scale = measured_intensity(scan.voxels).range
    stack = np.ascontiguousarray(np.moveaxis(scan.voxels, THICK, 1))  # (slice, thick, column)
    alone = 2 * second_time(lambda: run(upsampler.upsample(stack, FACTOR, scale)))
    work = 2 * 2 * multiply_adds(model) * scan.voxels.size
    i, j, k = scan.geometry.shape
    return (
        f"| {model.name} | {i} x {j} x {k * FACTOR} | {whole:.2f} s | "
        f"{outside:.2f} s | {alone:.2f} s | "
        f"{work / alone / rate:.0%} | {held / 1e9:.1f} GB |"
    )


def multiply_adds(model: Model) -> int:
    """Of the layers of one pass for each thick voxel, the tails of other factors left out."""
    return sum(
        weight.size
        for name, weight in model.weights.items()
        if weight.ndim == 4
        and (not name.startswith("tails.") or name.startswith(f"tails.{FACTOR}."))
    )


def rebuilt(scan: Volume, model: Model, device: str, storage: Storage | None = None) -> Volume:
    """By the program's own main job, in memory."""
    request = Request(THICK, FACTOR, model=model.name, device=device)
    job = reconstructed(kept(scan), request, storage or Memory())
    return run(job).in_memory().volume


def apart(model: Model, device: str) -> float:
    """The largest difference from a reconstruction on the processor, as a share of the range."""
    scan = noisy(CHECKED)
    one, other = (rebuilt(scan, model, where).voxels for where in (device, "cpu"))
    return float(np.abs(one - other).max()) / measured_intensity(scan.voxels).range


def second_time(call: Callable[[], object]) -> float:
    """Seconds of a call once everything is warm."""
    call()
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def matrix_rate(device: torch.device) -> float:
    """FLOP/s of a large bfloat16 matrix product."""
    side = MATRIX if device.type == "cuda" else MATRIX // 8
    one, other = (torch.randn(side, side, dtype=torch.bfloat16, device=device) for _ in range(2))

    def products() -> float:
        for _ in range(PRODUCTS):
            product = one @ other
        return product.sum().item()  # waits for the device

    return 2 * side**3 * PRODUCTS / second_time(products)


if __name__ == "__main__":
    sys.exit(main())
