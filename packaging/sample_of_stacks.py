"""Makes the built-in sample of stacks: ``sample_of_stacks.py FOLDER``.

FOLDER holds ax_pdfs.nii.gz, cor_pdfs.nii.gz and sag_pdfs.nii.gz of flothesof/knee_mri. Each is cut
to the space that all three show, with a margin, and means of 2 x 2 voxels are taken in its slices;
the slices stay as they are.
"""

import sys
from pathlib import Path

import nibabel as nib
import numpy as np

SAMPLE = Path(__file__).resolve().parents[1] / "resources/sample/stacks"
PLANES = ("ax", "cor", "sag")
MARGIN = 8.0  # mm around what all three show


def main(folder: Path) -> None:
    """Write the sample.

    Args:
        folder: With the stacks.
    """
    images = {plane: nib.load(folder / f"{plane}_pdfs.nii.gz") for plane in PLANES}
    ends = [_ends(image) for image in images.values()]
    low = np.max([first for first, _ in ends], axis=0) - MARGIN
    high = np.min([last for _, last in ends], axis=0) + MARGIN
    SAMPLE.mkdir(parents=True, exist_ok=True)
    for plane, image in images.items():
        path = SAMPLE / f"sub-knee_acq-{plane}_PDw.nii.gz"
        nib.save(_reduced(image, low, high), path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def _corners(shape: tuple[int, ...]) -> np.ndarray:
    return np.array(
        [[x * (n - 1) for x, n in zip(c, shape, strict=True)] for c in np.ndindex(2, 2, 2)]
    )


def _ends(image: nib.Nifti1Image) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest RAS coordinates of an image."""
    corners = nib.affines.apply_affine(image.affine, _corners(image.shape))
    return corners.min(axis=0), corners.max(axis=0)


def _reduced(image: nib.Nifti1Image, low: np.ndarray, high: np.ndarray) -> nib.Nifti1Image:
    """An image cut to a box of RAS coordinates, with means of 2 x 2 voxels in its slices."""
    box = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    index = nib.affines.apply_affine(np.linalg.inv(image.affine), box)
    first = np.clip(np.floor(index.min(axis=0)).astype(int), 0, None)
    last = np.minimum(np.ceil(index.max(axis=0)).astype(int) + 1, image.shape)
    thick = int(np.argmax(image.header.get_zooms()[:3]))
    step = np.array([1 if axis == thick else 2 for axis in range(3)])
    first[thick], last[thick] = 0, image.shape[thick]
    count = (last - first) // step
    cut = tuple(slice(f, f + n * s) for f, n, s in zip(first, count, step, strict=True))
    voxels = np.asarray(image.dataobj)[cut].astype(np.float64)
    for axis in range(3):
        if step[axis] == 2:
            even, odd = (np.take(voxels, range(n, voxels.shape[axis], 2), axis) for n in (0, 1))
            voxels = (even + odd) / 2
    affine = image.affine @ np.diag([*step, 1.0])
    affine[:3, 3] = nib.affines.apply_affine(image.affine, first + (step - 1) / 2)
    result = nib.Nifti1Image(np.rint(voxels).astype(np.int16), affine)
    result.header.set_xyzt_units("mm")
    result.set_qform(affine, 1)
    result.set_sform(affine, 1)
    return result


if __name__ == "__main__":
    main(Path(sys.argv[1]))
