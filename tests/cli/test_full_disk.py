"""Outputs into folders that are full, read-only or not there: told plainly, nothing half done."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bad_files import nifti
from srviewer.__main__ import main

MOUNT = ["mount", "-t", "tmpfs", "-o"]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.nii"
    noise = np.random.default_rng(0).integers(0, 1000, (48, 48, 12)).astype("int16")
    path.write_bytes(nifti(voxels=noise))
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        subprocess.run(
            [*MOUNT, "size=64k", "tmpfs", str(folder)], check=True, capture_output=True, timeout=120
        )
    except (OSError, subprocess.SubprocessError):
        pytest.skip("only an administrator of Linux can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=120)


def rebuilt(scan: Path, output: Path) -> int:
    return main(["reconstruct", str(scan), "-o", str(output), "--method", "linear"])


def test_a_full_disk(scan: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuilt(scan, small_disk / "thin.nii.gz") == 1
    assert "No space left" in capsys.readouterr().err
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_keeps_what_was_there(scan: Path, small_disk: Path) -> None:
    output = small_disk / "thin.nii"
    output.write_bytes(nifti())
    before = output.read_bytes()
    assert rebuilt(scan, output) == 1
    assert output.read_bytes() == before and list(small_disk.iterdir()) == [output]


def test_a_read_only_folder(
    scan: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True, timeout=120)
    assert rebuilt(scan, small_disk / "thin.nii.gz") == 1
    assert "cannot be written to" in capsys.readouterr().err


def test_a_missing_folder(scan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuilt(scan, tmp_path / "absent" / "thin.nii.gz") == 1
    assert "absent" in capsys.readouterr().err
    assert not (tmp_path / "absent").exists()
