#!/usr/bin/env bash
# nibabel and nilearn leave the outer slices empty when a scan of thick slices is resampled onto the
# grid of thin ones that it covers.
#
# Twelve slices of 4 mm cover 48 mm, and so do 48 slices of 1 mm. Two of the thin slices at either end lie
# inside the outermost thick slices, but beyond their centres. nibabel's resample_from_to and nilearn's
# resample_to_img put 0 there: 4 of 48 slices, where SimpleITK puts the values of the thick slices that
# hold them. The other way round, resample_to_output and resample_img of 48 thin slices to 4 mm end
# with a thirteenth slice, which is 0.
# Where a scan does not end in air, a PSNR over the whole volume falls by several dB.
#
# Seen with nibabel 5.4.2, nilearn 0.14.1, SimpleITK 2.5.7, scipy 1.17.1 and numpy 2.4.6, Python 3.11:
# slices 0, 1, 46 and 47 of a volume of the value 100 are 0, and slice 12 of the thick one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    nibabel==5.4.2 nilearn==0.14.1 SimpleITK==2.5.7 scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import nibabel as nib
import nilearn
import numpy as np
import SimpleITK as sitk
from nibabel.processing import resample_from_to, resample_to_output
from nilearn.image import resample_img, resample_to_img

print("nibabel", nib.__version__, "nilearn", nilearn.__version__, "SimpleITK", sitk.__version__)
thin = nib.Nifti1Image(np.full((16, 16, 48), 100, np.float32), np.eye(4))
thick_grid = np.diag([1.0, 1.0, 4.0, 1.0])
thick_grid[2, 3] = 1.5  # the centre of the first four thin slices
thick = nib.Nifti1Image(np.full((16, 16, 12), 100, np.float32), thick_grid)


def empty(image):
    """The number of slices, and the indices of those that are 0."""
    middle = np.asarray(image.dataobj)[8, 8]
    return len(middle), np.flatnonzero(np.abs(middle) < 1).tolist()


def by_itk():
    images = []
    for image in (thick, thin):
        itk = sitk.GetImageFromArray(np.asarray(image.dataobj).transpose())
        itk.SetSpacing([float(mm) for mm in image.header.get_zooms()])
        itk.SetOrigin(image.affine[:3, 3].tolist())
        images.append(itk)
    made = sitk.Resample(*images, sitk.Transform(), sitk.sitkBSpline)
    return nib.Nifti1Image(sitk.GetArrayFromImage(made).transpose(), thin.affine)


found = {
    "nibabel resample_from_to, thick to thin": empty(resample_from_to(thick, thin)),
    "nilearn resample_to_img, thick to thin": empty(resample_to_img(thick, thin)),
    "SimpleITK Resample, thick to thin": empty(by_itk()),
    "nibabel resample_to_output, thin to thick": empty(resample_to_output(thin, (1, 1, 4))),
    "nilearn resample_img, thin to thick": empty(resample_img(thin, np.diag([1.0, 1.0, 4.0]))),
}
for name, (count, indices) in found.items():
    print(f"{name}: {count} slices, 0 in {indices}")
assert list(found.values()) == [
    (48, [0, 1, 46, 47]), (48, [0, 1, 46, 47]), (48, []), (13, [12]), (13, [12]),
], "they behave differently now"
PY
