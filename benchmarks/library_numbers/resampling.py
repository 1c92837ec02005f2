"""A thick scan resampled to thin slices by each library: where its slices lie, and its PSNR."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.ndimage import map_coordinates

from benchmarks.library_numbers.conversions import (
    ants_image,
    from_ants,
    from_sitk,
    monai_tensor,
    sitk_image,
    torchio_image,
)
from benchmarks.library_numbers.images import FACTOR, RAMP_BASE, THICK, Image, Subject, ramp
from benchmarks.library_numbers.library import Call, head, row_of
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels

Resampling = Callable[[Subject], Image]


def table(subject: Subject) -> str:
    """Positions and PSNR of each library's thin slices, as a Markdown table."""
    heights = ramp(subject)

    def cells(function: Resampling) -> list[str]:
        return [
            *places(heights, function(heights), heights.truth),
            *_scores(subject, function(subject)),
        ]

    rows = [row_of(row, 6, cells) for row in CALLS]
    titles = head("library", "call", *PLACES, "PSNR dB by index", "PSNR dB by position")
    return "\n".join([titles, *rows])


PLACES = ("slices", "empty", "header, mm", "anatomy, mm")


def places(heights: Subject, made: Image, grid: Image) -> list[str]:
    """The cells of ``PLACES`` of an image that a library made of a ramp.

    The number of slices; of those without a value; the position of the first slice by the header,
    against where it belongs; the distance by which anatomy is shown too far along k, in the first
    and in the last slice, by a straight line through the values of the middle half, where no
    border plays a part. An image without a header is taken to lie on ``grid``.
    """
    affine = grid.affine if made.affine is None else made.affine
    assert affine is not None and heights.truth.affine is not None
    middle = made.voxels[made.voxels.shape[0] // 2, made.voxels.shape[1] // 2]
    count = len(middle)
    inner = np.arange(count // 4, count - count // 4)
    shown = np.poly1d(np.polyfit(inner, middle[inner].astype(np.float64) - RAMP_BASE, 1))
    off = [_signed(heights.position(affine, k) - float(shown(k))) for k in (0, count - 1)]
    belongs = (affine[2, 2] - heights.truth.affine[2, 2]) / 2
    return [
        str(count),
        str(int(np.count_nonzero(np.abs(middle) < RAMP_BASE / 100))),
        "-" if made.affine is None else _signed(heights.position(affine, 0) - belongs),
        off[0] if off[0] == off[1] else " / ".join(off),
    ]


def _signed(mm: float) -> str:
    return f"{mm:+.2f}" if abs(mm) > 0.005 else "0"


def _scores(subject: Subject, made: Image) -> tuple[str, str]:
    """PSNR of slice k against slice k, and by the positions of the header."""
    truth = subject.truth.voxels
    common = min(truth.shape[THICK], made.voxels.shape[THICK])
    by_index = _psnr(truth, truth[:, :, :common], made.voxels[:, :, :common])
    if made.affine is None:
        return by_index, "-"
    positions = [subject.position(made.affine, k) for k in range(made.voxels.shape[THICK])]
    step = positions[1] - positions[0]
    assert subject.truth.affine is not None
    at = np.array([subject.position(subject.truth.affine, k) for k in range(truth.shape[THICK])])
    wanted = (at - positions[0]) / step
    inside = (wanted >= -1e-6) & (wanted <= len(positions) - 1 + 1e-6)
    return by_index, _psnr(truth, truth[:, :, inside], _at(made.voxels, wanted[inside]))


def _at(voxels: Voxels, k: Any) -> Voxels:
    """Slices at fractional indices along k, by a cubic B-spline."""
    if np.allclose(k, np.round(k), atol=1e-4):
        return voxels[:, :, np.round(k).astype(int)]
    i, j = (np.arange(n) for n in voxels.shape[:2])
    grid = np.meshgrid(i, j, k, indexing="ij")
    return np.asarray(map_coordinates(voxels, grid, order=3, mode="nearest"), np.float32)


def _psnr(whole: Voxels, truth: Voxels, result: Voxels) -> str:
    """By srviewer's range and foreground, those of the whole truth."""
    intensity = measured_intensity(whole)
    value = psnr(truth, result.astype(np.float32), intensity.range, intensity.foreground(truth))
    return "-" if value is None else f"{value:.2f}"


def _thin(subject: Subject) -> tuple[float, float, float]:
    """The spacing wanted, in mm."""
    assert subject.truth.affine is not None
    i, j, k = np.diag(subject.truth.affine)[:3]
    return float(i), float(j), float(k)


def _ours(subject: Subject) -> Image:
    positions = thin_positions(subject.scan.voxels.shape[THICK], FACTOR)
    return Image(cubic(subject.scan.voxels, THICK, positions), subject.truth.affine)


def _zoom(**options: Any) -> Resampling:
    def zoomed(subject: Subject) -> Image:
        from scipy.ndimage import zoom

        return Image(zoom(subject.scan.voxels, (1, 1, FACTOR), **options), None)

    return zoomed


def _skimage(subject: Subject) -> Image:
    from skimage.transform import resize

    return Image(resize(subject.scan.voxels, subject.truth.voxels.shape, order=3), None)


def _torch(align_corners: bool) -> Resampling:
    def interpolated(subject: Subject) -> Image:
        import torch

        batch = torch.from_numpy(np.ascontiguousarray(subject.scan.voxels))[None, None]
        fine = torch.nn.functional.interpolate(
            batch, scale_factor=(1, 1, FACTOR), mode="trilinear",
            align_corners=align_corners,
        )  # fmt: skip
        return Image(fine[0, 0].numpy(), None)

    return interpolated


def _nifti(image: Any) -> Image:
    return Image(np.asarray(image.get_fdata(dtype=np.float32)), image.affine)


def _nibabel_spacing(subject: Subject) -> Image:
    from nibabel.processing import resample_to_output

    return _nifti(resample_to_output(subject.scan.nifti(), _thin(subject)))


def _nibabel_grid(subject: Subject) -> Image:
    from nibabel.processing import resample_from_to

    return _nifti(resample_from_to(subject.scan.nifti(), subject.truth.nifti()))


def _nilearn_spacing(subject: Subject) -> Image:
    from nilearn.image import resample_img

    return _nifti(resample_img(subject.scan.nifti(), target_affine=np.diag(_thin(subject))))


def _nilearn_grid(subject: Subject) -> Image:
    from nilearn.image import resample_to_img

    return _nifti(resample_to_img(subject.scan.nifti(), subject.truth.nifti()))


def _dipy(subject: Subject) -> Image:
    from dipy.align.reslice import reslice

    scan = subject.scan.nifti()
    zooms = scan.header.get_zooms()[:3]
    return Image(*reslice(subject.scan.voxels, scan.affine, zooms, _thin(subject), order=3))


def _ants_spacing(subject: Subject) -> Image:
    import ants

    return from_ants(ants.resample_image(ants_image(subject.scan), _thin(subject), False, 4))


def _ants_grid(subject: Subject) -> Image:
    import ants

    scan, truth = ants_image(subject.scan), ants_image(subject.truth)
    return from_ants(ants.resample_image_to_target(scan, truth, interp_type="bSpline"))


def _sitk_spacing(subject: Subject) -> Image:
    """The recipe of many tutorials: the old origin and direction, the new spacing and size."""
    import SimpleITK as sitk

    scan, spacing = sitk_image(subject.scan), _thin(subject)
    size = [
        round(n * old / new)
        for n, old, new in zip(scan.GetSize(), scan.GetSpacing(), spacing, strict=True)
    ]
    return from_sitk(
        sitk.Resample(
            scan,
            size,
            sitk.Transform(),
            sitk.sitkBSpline,
            scan.GetOrigin(),
            spacing,
            scan.GetDirection(),
            0.0,
            scan.GetPixelID(),
        )
    )


def _sitk_grid(subject: Subject) -> Image:
    import SimpleITK as sitk

    scan, truth = sitk_image(subject.scan), sitk_image(subject.truth)
    return from_sitk(sitk.Resample(scan, truth, sitk.Transform(), sitk.sitkBSpline))


def _sitk_expand(subject: Subject) -> Image:
    import SimpleITK as sitk

    factors = (1, 1, FACTOR)
    return from_sitk(sitk.Expand(sitk_image(subject.scan), factors, sitk.sitkBSpline))


def _torchio_spacing(subject: Subject) -> Image:
    import torchio

    resample = torchio.Resample(_thin(subject), image_interpolation="bspline")
    made = resample(torchio_image(subject.scan))
    return Image(made.numpy()[0], made.affine)


def _torchio_grid(subject: Subject) -> Image:
    import torchio

    grid = (subject.truth.voxels.shape, subject.truth.affine)
    made = torchio.Resample(grid, image_interpolation="bspline")(torchio_image(subject.scan))
    return Image(made.numpy()[0], made.affine)


def _monai_spacing(**options: Any) -> Resampling:
    def spaced(subject: Subject) -> Image:
        from monai.transforms import Spacing

        made = Spacing(_thin(subject), mode=3, **options)(monai_tensor(subject.scan))
        return Image(np.asarray(made[0], np.float32), np.asarray(made.affine))

    return spaced


def _monai_grid(subject: Subject) -> Image:
    from monai.transforms import ResampleToMatch

    scan, truth = monai_tensor(subject.scan), monai_tensor(subject.truth)
    made = ResampleToMatch(mode=3)(scan, truth)
    return Image(np.asarray(made[0], np.float32), np.asarray(made.affine))


CALLS: tuple[Call[Resampling], ...] = (
    Call("srviewer", "`--method cubic`", _ours),
    Call("SciPy", "`ndimage.zoom(a, (1, 1, 4))`", _zoom()),
    Call("SciPy", '`ndimage.zoom(..., grid_mode=True, mode="reflect")`',
         _zoom(grid_mode=True, mode="reflect")),
    Call("scikit-image", "`resize(..., order=3)`", _skimage),
    Call("PyTorch", '`interpolate(..., mode="trilinear")`', _torch(False)),
    Call("PyTorch", "the same, `align_corners=True`", _torch(True)),
    Call("TorchIO", '`Resample((1, 1, 1), image_interpolation="bspline")`', _torchio_spacing),
    Call("SimpleITK", "`Expand(..., sitkBSpline)`", _sitk_expand),
    Call("SimpleITK", "`Resample` with the old origin, new spacing and size", _sitk_spacing),
    Call("MONAI", "`Spacing((1, 1, 1), mode=3)`", _monai_spacing()),
    Call("MONAI", "the same, `scale_extent=True`", _monai_spacing(scale_extent=True)),
    Call("nibabel", "`resample_to_output(..., (1, 1, 1))`", _nibabel_spacing),
    Call("nilearn", "`resample_img(..., target_affine=np.eye(3))`", _nilearn_spacing),
    Call("DIPY", "`reslice(..., order=3)`", _dipy),
    Call("ANTsPy", "`resample_image(..., (1, 1, 1), False, 4)`", _ants_spacing),
    Call("TorchIO", "`Resample` onto the truth's grid", _torchio_grid),
    Call("SimpleITK", "`Resample` onto the truth's grid", _sitk_grid),
    Call("MONAI", "`ResampleToMatch(mode=3)`", _monai_grid),
    Call("nibabel", "`resample_from_to`", _nibabel_grid),
    Call("nilearn", "`resample_to_img`", _nilearn_grid),
    Call("ANTsPy", "`resample_image_to_target`", _ants_grid),
)  # fmt: skip
