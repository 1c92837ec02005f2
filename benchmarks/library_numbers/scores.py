"""PSNR and SSIM of one result against one truth, by each library that has them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.library_numbers.images import FACTOR, THICK, Subject
from benchmarks.library_numbers.library import Call, head, row_of
from srviewer.core.comparison.comparison import Comparison
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.job import run

Score = Callable[[Voxels, Voxels], float]  # of the truth and the result, on one grid
Pair = tuple[Score | None, Score | None]  # PSNR and SSIM; None where the library has none

GAUSSIAN: dict[str, Any] = {
    "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False,
}  # fmt: skip


def table(subject: Subject) -> str:
    """The scores of the cubic B-spline of a subject's scan, as a Markdown table."""
    truth = subject.truth.voxels
    positions = thin_positions(subject.scan.voxels.shape[THICK], FACTOR)
    result = cubic(subject.scan.voxels, THICK, positions)

    def cells(function: Callable[[], Pair]) -> list[str]:
        psnr, ssim = function()
        return [
            f"{psnr(truth, result):.2f}" if psnr else "-",
            f"{ssim(truth, result):.4f}" if ssim else "-",
        ]

    rows = [row_of(row, 2, cells) for row in CALLS]
    return "\n".join([head("library", "call", "PSNR dB", "SSIM"), *rows])


def _full(truth: Voxels) -> float:
    """Maximum less minimum."""
    return float(np.ptp(truth))


def _scaled(voxels: Voxels) -> Voxels:
    """From 0 to 1 by its own minimum and maximum."""
    return np.asarray((voxels - voxels.min()) / np.ptp(voxels))


def _ours() -> Pair:
    def scores(truth: Voxels, result: Voxels) -> dict[str, float | None]:
        i, j, k = truth.shape
        grid = Geometry((i, j, k), np.eye(4))
        comparison = Comparison(Volume(truth, grid, ""), Volume(result, grid, ""), "the truth")
        return run(comparison.scores()).whole

    return (
        lambda truth, result: scores(truth, result)["psnr"] or 0.0,
        lambda truth, result: scores(truth, result)["ssim"] or 0.0,
    )


def _skimage(span: Score, **options: Any) -> Callable[[], Pair]:
    def pair() -> Pair:
        from skimage.metrics import peak_signal_noise_ratio, structural_similarity

        return (
            lambda t, r: float(peak_signal_noise_ratio(t, r, data_range=span(t, r))),
            lambda t, r: float(structural_similarity(t, r, data_range=span(t, r), **options)),
        )

    return pair


def _skimage_slices() -> Pair:
    """The mean over the slices along the thick axis of the scan."""
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    def ssim(truth: Voxels, result: Voxels) -> float:
        pairs = zip(np.moveaxis(truth, 2, 0), np.moveaxis(result, 2, 0), strict=True)
        span = _full(truth)
        return float(
            np.mean([structural_similarity(t, r, data_range=span, **GAUSSIAN) for t, r in pairs])
        )

    def psnr(truth: Voxels, result: Voxels) -> float:
        pairs = zip(np.moveaxis(truth, 2, 0), np.moveaxis(result, 2, 0), strict=True)
        span = _full(truth)
        values = [peak_signal_noise_ratio(t, r, data_range=span) for t, r in pairs if np.ptp(t)]
        return float(np.mean(values))

    return psnr, ssim


def _batch(voxels: Voxels) -> Any:
    """(1, 1, i, j, k) torch tensor."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(voxels))[None, None]


def _torchmetrics(span: Callable[[Voxels], float | None]) -> Callable[[], Pair]:
    def pair() -> Pair:
        from torchmetrics.functional.image import (
            peak_signal_noise_ratio,
            structural_similarity_index_measure,
        )

        def ssim(truth: Voxels, result: Voxels) -> float:
            tensors = _batch(result), _batch(truth)
            return float(structural_similarity_index_measure(*tensors, data_range=span(truth)))

        def psnr(truth: Voxels, result: Voxels) -> float:
            tensors = _batch(result), _batch(truth)
            return float(peak_signal_noise_ratio(*tensors, data_range=span(truth)))

        return (psnr if span is _full else None), ssim

    return pair


def _monai(scale: Callable[[Voxels, Voxels], tuple[Voxels, Voxels]]) -> Callable[[], Pair]:
    def pair() -> Pair:
        from monai.metrics import PSNRMetric, SSIMMetric

        def by(metric: Any) -> Score:
            return lambda truth, result: float(
                metric(*map(_batch, reversed(scale(truth, result)))).mean()
            )

        return by(PSNRMetric(max_val=1.0)), by(SSIMMetric(spatial_dims=3))

    return pair


def _pytorch_msssim(span: Callable[[Voxels], float]) -> Callable[[], Pair]:
    def pair() -> Pair:
        from pytorch_msssim import ssim

        return None, lambda truth, result: float(
            ssim(_batch(result), _batch(truth), data_range=span(truth))
        )

    return pair


def _by_largest(truth: Voxels, result: Voxels) -> tuple[Voxels, Voxels]:
    return truth / truth.max(), result / truth.max()


def _each_by_itself(truth: Voxels, result: Voxels) -> tuple[Voxels, Voxels]:
    return _scaled(truth), _scaled(result)


def _of_both(truth: Voxels, result: Voxels) -> float:
    return float(max(truth.max(), result.max()) - min(truth.min(), result.min()))


CALLS: tuple[Call[Callable[[], Pair]], ...] = (
    Call("srviewer", "`compare`", _ours),
    Call("scikit-image", "`data_range` max - min, else defaults: uniform window 7 x 7 x 7",
         _skimage(lambda t, _: _full(t))),
    Call("scikit-image", "the same, Gaussian window as Wang et al., in 3D",
         _skimage(lambda t, _: _full(t), **GAUSSIAN)),
    Call("scikit-image", "the same, mean over the slices along k", _skimage_slices),
    Call("scikit-image", "`data_range` max - min over both volumes", _skimage(_of_both)),
    Call("torchmetrics", "`data_range` max - min", _torchmetrics(_full)),
    Call("torchmetrics", "SSIM without `data_range`", _torchmetrics(lambda _: None)),
    Call("MONAI", "both divided by the truth's maximum", _monai(_by_largest)),
    Call("MONAI", "each scaled to 0..1 by itself (`ScaleIntensity`)", _monai(_each_by_itself)),
    Call("pytorch-msssim", "`data_range` max - min", _pytorch_msssim(_full)),
    Call("pytorch-msssim", "its default `data_range`, 255", _pytorch_msssim(lambda _: 255.0)),
)  # fmt: skip
