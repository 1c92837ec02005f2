"""Damaged headers: whatever bytes a file holds, it opens or says why not."""

import gzip
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from segmented_series import FIXTURES
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run

CHANGES = 250
NAMES = ("a.nii", "b.nii.gz", "c.mgz", "d.dcm", "e.nrrd", "f.mha", "g.dcm")


def written_bytes(volume: Volume, path: Path) -> bytes:
    run(write_image(volume, path, {}))
    return path.read_bytes()


@pytest.fixture
def intact(tmp_path: Path, thick: Volume, write_enhanced: Callable[..., Path]) -> dict[str, bytes]:
    """One small file of each format, unpacked."""
    nib.save(nib.Nifti1Image(thick.voxels, thick.geometry.affine), tmp_path / "a.nii")
    nib.save(nib.Nifti2Image(thick.voxels, thick.geometry.affine), tmp_path / "b.nii")
    nib.save(nib.MGHImage(thick.voxels, thick.geometry.affine), tmp_path / "c.mgz")
    dicom = write_enhanced(thick, range(6), [1.0] * 6)
    return {
        "a.nii": (tmp_path / "a.nii").read_bytes(),
        "b.nii.gz": (tmp_path / "b.nii").read_bytes(),
        "c.mgz": gzip.decompress((tmp_path / "c.mgz").read_bytes()),
        "d.dcm": dicom.read_bytes(),
        **{name: written_bytes(thick, tmp_path / name) for name in ("e.nrrd", "f.mha")},
        "g.dcm": (FIXTURES / "binary.dcm").read_bytes(),
    }


@pytest.mark.parametrize("name", NAMES)
def test_changed_bytes_never_give_a_bug(
    tmp_path: Path, intact: dict[str, bytes], name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(len(name))
    path = tmp_path / f"changed-{name}"
    opened = 0
    for _ in range(CHANGES):
        content = bytearray(intact[name])
        for place in random.integers(0, min(len(content), 3000), random.integers(1, 6)):
            content[place] = random.integers(256)
        cut = len(content) if random.random() < 0.9 else int(random.integers(len(content)))
        content = content[:cut]
        path.write_bytes(gzip.compress(content, 1) if name.endswith("z") else content)
        try:
            volume = run(read(path))
        except UserError:
            continue
        opened += 1
        assert np.isfinite(volume.voxels).all()
    assert 0 < opened < CHANGES
    assert capfd.readouterr().err == ""
