"""A thin volume made thick by each library: position of its slices, thin slices in each."""

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.library_numbers.conversions import (
    ants_image,
    from_ants,
    from_sitk,
    monai_tensor,
    sitk_image,
    torchio_image,
)
from benchmarks.library_numbers.images import FACTOR, THICK, Image, Subject, ramp
from benchmarks.library_numbers.library import Call, head, row_of
from benchmarks.library_numbers.resampling import PLACES, Resampling, places
from srviewer.core.acquisition.degradation import Degradation


def table(subject: Subject) -> str:
    """Positions and profile of each library's thick slices, as a Markdown table."""
    heights = ramp(subject)
    impulses = _impulses(heights)

    def cells(function: Resampling) -> list[str]:
        made = function(heights)
        thick = made.voxels.shape[THICK] < heights.truth.voxels.shape[THICK]
        held = _held(function(impulses)) if thick else "-"
        return [*places(heights, made, heights.scan), held]

    rows = [row_of(row, 5, cells) for row in CALLS]
    return "\n".join([head("library", "call", *PLACES, "thin slices in one"), *rows])


def _impulses(heights: Subject) -> Subject:
    """In column i, one thin slice alone is 1, near the middle: a thick slice shows its weights."""
    voxels = np.zeros_like(heights.truth.voxels)
    count, width = voxels.shape[THICK], voxels.shape[0]
    for i in range(width):
        voxels[i, :, count // 2 - width // 2 + i] = 1
    return replace(heights, truth=Image(voxels, heights.truth.affine))


def _held(made: Image) -> str:
    """The number of thin slices that a slice in the middle weights alike: 1 / sum of weights^2."""
    weights = made.voxels[:, made.voxels.shape[1] // 2, made.voxels.shape[THICK] // 2]
    return f"{float(weights.sum() ** 2 / np.sum(weights.astype(np.float64) ** 2)):.1f}"


def _thick(subject: Subject) -> tuple[float, float, float]:
    """The spacing wanted, in mm."""
    assert subject.scan.affine is not None
    i, j, k = np.diag(subject.scan.affine)[:3]
    return float(i), float(j), float(k)


def _ours(subject: Subject) -> Image:
    return Image(Degradation(THICK, FACTOR).apply(subject.truth.voxels), subject.scan.affine)


def _zoom(subject: Subject) -> Image:
    from scipy.ndimage import zoom

    return Image(zoom(subject.truth.voxels, (1, 1, 1 / FACTOR)), None)


def _local_mean(subject: Subject) -> Image:
    from skimage.transform import downscale_local_mean

    made = downscale_local_mean(subject.truth.voxels, (1, 1, FACTOR))
    return Image(np.asarray(made, np.float32), None)


def _skimage(subject: Subject) -> Image:
    from skimage.transform import resize

    return Image(resize(subject.truth.voxels, subject.scan.voxels.shape, anti_aliasing=True), None)


def _bin_shrink(subject: Subject) -> Image:
    import SimpleITK as sitk

    return from_sitk(sitk.BinShrink(sitk_image(subject.truth), (1, 1, FACTOR)))


def _shrink(subject: Subject) -> Image:
    import SimpleITK as sitk

    return from_sitk(sitk.Shrink(sitk_image(subject.truth), (1, 1, FACTOR)))


def _torchio_resample(**options: Any) -> Resampling:
    def resampled(subject: Subject) -> Image:
        import torchio

        made = torchio.Resample(_thick(subject), **options)(torchio_image(subject.truth))
        return Image(made.numpy()[0], made.affine)

    return resampled


def _torchio_anisotropy(subject: Subject) -> Image:
    import torchio

    made = torchio.RandomAnisotropy(axes=THICK, downsampling=(FACTOR, FACTOR))(
        torchio_image(subject.truth)
    )
    return Image(made.numpy()[0], made.affine)


def _monai_spacing(subject: Subject) -> Image:
    from monai.transforms import Spacing

    made = Spacing(_thick(subject), mode="bilinear")(monai_tensor(subject.truth))
    return Image(np.asarray(made[0], np.float32), np.asarray(made.affine))


def _monai_low_resolution(subject: Subject) -> Image:
    from monai.transforms import RandSimulateLowResolution

    zoom = 1 / FACTOR
    simulated = RandSimulateLowResolution(prob=1.0, zoom_range=(zoom, zoom))
    made = simulated(monai_tensor(subject.truth))
    return Image(np.asarray(made[0], np.float32), subject.truth.affine)


def _nifti(image: Any) -> Image:
    return Image(np.asarray(image.get_fdata(dtype=np.float32)), image.affine)


def _nibabel(subject: Subject) -> Image:
    from nibabel.processing import resample_to_output

    return _nifti(resample_to_output(subject.truth.nifti(), _thick(subject)))


def _nilearn(subject: Subject) -> Image:
    from nilearn.image import resample_img

    return _nifti(resample_img(subject.truth.nifti(), target_affine=np.diag(_thick(subject))))


def _dipy(subject: Subject) -> Image:
    from dipy.align.reslice import reslice

    truth = subject.truth.nifti()
    zooms = truth.header.get_zooms()[:3]
    return Image(*reslice(subject.truth.voxels, truth.affine, zooms, _thick(subject)))


def _ants(subject: Subject) -> Image:
    import ants

    return from_ants(ants.resample_image(ants_image(subject.truth), _thick(subject), False, 0))


CALLS: tuple[Call[Resampling], ...] = (
    Call("srviewer", "`simulate`", _ours),
    Call("scikit-image", "`downscale_local_mean(a, (1, 1, 4))`", _local_mean),
    Call("scikit-image", "`resize(..., anti_aliasing=True)`", _skimage),
    Call("SimpleITK", "`BinShrink(..., (1, 1, 4))`", _bin_shrink),
    Call("SimpleITK", "`Shrink(..., (1, 1, 4))`", _shrink),
    Call("TorchIO", "`Resample((1, 1, 4))`", _torchio_resample()),
    Call("TorchIO", "`Resample((1, 1, 4), antialias=True)`", _torchio_resample(antialias=True)),
    Call("TorchIO", "`RandomAnisotropy(2, (4, 4))`, which resamples back", _torchio_anisotropy),
    Call("SciPy", "`ndimage.zoom(a, (1, 1, 1 / 4))`", _zoom),
    Call("MONAI", "`Spacing((1, 1, 4))`", _monai_spacing),
    Call("MONAI", "`RandSimulateLowResolution`, which resamples back", _monai_low_resolution),
    Call("nibabel", "`resample_to_output(..., (1, 1, 4))`", _nibabel),
    Call("nilearn", "`resample_img(..., target_affine=np.diag((1, 1, 4)))`", _nilearn),
    Call("DIPY", "`reslice(...)`", _dipy),
    Call("ANTsPy", "`resample_image(..., (1, 1, 4), False, 0)`", _ants),
)  # fmt: skip
