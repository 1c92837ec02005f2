"""Header extensions of NIfTI are carried over to results, but for those that would be wrong."""

from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.nifti1 import Nifti1Extension

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run


def test_comments_are_carried_over_and_foreign_grids_are_not(thick: Volume, tmp_path: Path) -> None:
    image = nib.Nifti1Image(thick.voxels, thick.geometry.affine)
    for code, content in (
        ("comment", b"measured on a Tuesday"),
        ("dicom", b"\x10\x00\x10\x00PN\x06\x00Secret"),
        ("afni", b"<AFNI_attributes/>"),
        (44, b"own"),
    ):
        image.header.extensions.append(Nifti1Extension(code, content))
    nib.save(image, path := tmp_path / "a.nii.gz")
    for out in (tmp_path / "thin.nii.gz", tmp_path / "thin.nii"):
        (tmp_path / "thin.json").unlink(missing_ok=True)
        assert main(["reconstruct", str(path), "-o", str(out), "--method", "linear"]) == 0
        written = nib.load(out)
        kept = [
            (e.get_code(), bytes(e.get_content()).rstrip(b"\0")) for e in written.header.extensions
        ]
        assert kept == [(6, b"measured on a Tuesday"), (44, b"own")]
        assert b"Secret" not in out.read_bytes()
        np.testing.assert_array_equal(run(read(out)).voxels, np.asarray(written.dataobj))
    assert (
        main(["reconstruct", str(path), "-o", str(tmp_path / "t.mha"), "--method", "linear"]) == 0
    )
