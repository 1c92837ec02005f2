"""Files for the command line to work on, and a way to call it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import pytest

from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume

Call = Callable[..., tuple[int, Any]]


def save(volume: Volume, path: Path) -> Path:
    """Write with nibabel, so that these tests do not rest on our own writer."""
    image = nib.Nifti1Image(volume.voxels, volume.geometry.affine)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
    return path


@pytest.fixture(scope="session")
def thin_file(head: Volume, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(head, tmp_path_factory.mktemp("thin") / "head.nii.gz")


@pytest.fixture(scope="session")
def thick_file(thick_head: Volume, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(thick_head, tmp_path_factory.mktemp("thick") / "thick.nii.gz")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """``call(verb, ...)`` runs it with ``--json -``: (exit status, the JSON or the error text)."""

    def run(*arguments: object) -> tuple[int, Any]:
        status = main([*map(str, arguments), "--json", "-"])
        captured = capsys.readouterr()
        return status, json.loads(captured.out) if status == 0 else captured.err

    return run
