"""Images of other libraries, from ours and back."""

from typing import Any

import numpy as np

from benchmarks.library_numbers.images import Image

TO_LPS = np.array([-1.0, -1.0, 1.0])


def ants_image(image: Image) -> Any:
    """An ANTsPy image; its world is LPS."""
    import ants

    spacing, origin = _spacing_and_origin(image)
    return ants.from_numpy(
        image.voxels,
        origin=list(origin * TO_LPS),
        spacing=list(spacing),
        direction=np.diag(TO_LPS),
    )


def from_ants(image: Any) -> Image:
    """The image of an ANTsPy one."""
    return _from_lps(image.numpy(), image.spacing, image.origin, image.direction)


def sitk_image(image: Image) -> Any:
    """A SimpleITK image; its arrays are (k, j, i), its world LPS."""
    import SimpleITK as sitk

    spacing, origin = _spacing_and_origin(image)
    made = sitk.GetImageFromArray(np.ascontiguousarray(image.voxels.transpose()))
    made.SetSpacing(spacing.tolist())
    made.SetOrigin((origin * TO_LPS).tolist())
    made.SetDirection(np.diag(TO_LPS).ravel().tolist())
    return made


def from_sitk(image: Any) -> Image:
    """The image of a SimpleITK one."""
    import SimpleITK as sitk

    voxels = sitk.GetArrayFromImage(image).transpose()
    direction = np.reshape(image.GetDirection(), (3, 3))
    return _from_lps(voxels, image.GetSpacing(), image.GetOrigin(), direction)


def torchio_image(image: Image) -> Any:
    """A TorchIO image of one channel."""
    import torchio

    return torchio.ScalarImage(tensor=image.voxels[None].copy(), affine=image.affine)


def monai_tensor(image: Image) -> Any:
    """A MONAI tensor of one channel that knows its affine."""
    import torch
    from monai.data import MetaTensor

    affine = torch.from_numpy(np.array(image.affine))
    return MetaTensor(torch.from_numpy(image.voxels[None].copy()), affine=affine)


def _spacing_and_origin(image: Image) -> tuple[Any, Any]:
    assert image.affine is not None
    return np.diag(image.affine)[:3], image.affine[:3, 3]


def _from_lps(voxels: Any, spacing: Any, origin: Any, direction: Any) -> Image:
    affine = np.eye(4)
    affine[:3, :3] = TO_LPS[:, None] * direction * np.asarray(spacing)
    affine[:3, 3] = TO_LPS * origin
    return Image(np.asarray(voxels, np.float32), affine)
