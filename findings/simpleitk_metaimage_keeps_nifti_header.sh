#!/usr/bin/env bash
# A MetaImage file that SimpleITK writes of a NIfTI image holds the header of the NIfTI file, also where
# the image was moved since.
#
# Beside the keys of MetaImage the text header gets those of NIfTI: dim[0] to dim[7], pixdim[3], srow_z, and so
# on. Names with brackets are in no list of the format, so a reader that takes letters and digits
# alone refuses the file. SetSpacing and SetOrigin change ElementSpacing and Offset, but not these keys: the file
# states two spacings and two places. Only filters, such as Resample or Flip, drop the old keys.
#
# Seen with SimpleITK 2.5.7 and numpy 2.4.6, Python 3.11: 49 keys of NIfTI; ElementSpacing 1 1 5 beside
# pixdim[3] 3 and srow_z 0 0 3 7.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check SimpleITK==2.5.7 numpy==2.4.6
cd "$folder"
venv/bin/python - 2>/dev/null <<'PY'
import numpy as np
import SimpleITK as sitk

print("SimpleITK", sitk.__version__)
made = sitk.GetImageFromArray(np.arange(24, dtype=np.int16).reshape(2, 3, 4))
made.SetSpacing((1, 1, 3))
made.SetOrigin((5, 6, 7))
sitk.WriteImage(made, "image.nii.gz")


def header(image):
    """The keys and values that stand in the MetaImage file of an image."""
    sitk.WriteImage(image, "image.mha")
    with open("image.mha", "rb") as file:
        text = file.read().split(b"ElementDataFile")[0].decode("ascii")
    return dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)


read = sitk.ReadImage("image.nii.gz")
read.SetSpacing((1, 1, 5))
read.SetOrigin((0, 0, 0))
moved = header(read)
of_nifti = [key for key in moved if key[0].islower()]
print(f"{len(of_nifti)} keys of NIfTI, among them {[key for key in of_nifti if '[' in key]}")
for key in ("ElementSpacing", "pixdim[3]", "Offset", "srow_z"):
    print(f"{key} = {moved[key]}")
filtered = header(sitk.Flip(read, (False, False, False)))
print("after a filter:", [key for key in filtered if key[0].islower()])
assert "dim[0]" in of_nifti and len(of_nifti) == 49, "it writes other keys now"
assert (moved["ElementSpacing"], moved["pixdim[3]"]) == ("1 1 5", "3"), "the spacings agree now"
assert (moved["Offset"], moved["srow_z"]) == ("0 0 0", "0 0 3 7"), "the places agree now"
assert not [key for key in filtered if key[0].islower()], "filters keep the keys now"
PY
