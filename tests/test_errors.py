"""The kinds of errors, each raised by what really goes wrong."""

import argparse
import errno
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from bad_models import fast, packed
from srviewer.atomic import write_text
from srviewer.cli.verbs import simulate
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.errors import (
    InDoubt,
    NoSpace,
    Unreadable,
    Unsupported,
    UserError,
    as_user_error,
    is_full,
    is_of_system,
)
from srviewer.io.files.streams import read_range
from srviewer.io.formats import NO_ROOM, scan
from srviewer.io.scans.series import NothingOpened
from srviewer.job import run
from srviewer.nn.models.model_file import load_model
from srviewer.sr.batch.items import select
from srviewer.sr.inputs.segmentations import BY_VOXELS, check_is_scan
from srviewer.unwritable import make_folder, unwritable


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("only an administrator of Linux can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=120)


def test_a_model_is_named_whatever_its_error_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name "a" occurs in every sentence, also in those that do not name the file."""
    header, weights = fast()
    header["plan"]["batch"] = -1
    monkeypatch.chdir(tmp_path)
    Path("a").write_bytes(packed(header, weights))
    with pytest.raises(Unreadable, match=r"^The model a is damaged or no model file: .*batch"):
        load_model(Path("a"))
    Path("b").write_bytes(b"no model")
    for path in (Path("b"), Path("absent")):
        with pytest.raises(Unreadable, match=f"The model {path} "):
            load_model(path)


def test_a_file_that_is_cut_short_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.nii"
    path.write_bytes(bytes(5000))
    with pytest.raises(Unreadable, match="is cut short"):
        run(read_range(path, 0, 10_000))


def test_a_mask_says_of_which_kind_it_is(head: Volume) -> None:
    warning = ScanWarning("label_like", "It looks like a label map.")
    labels = Volume(head.voxels, head.geometry, "labels", warnings=(warning,))
    with pytest.raises(Unsupported, match="is not evaluated") as raised:
        check_is_scan(labels, "evaluated")
    assert raised.value.kind == BY_VOXELS


def test_a_full_disk_is_told_from_other_reasons(small_disk: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSpace, match="free some space"):
        write_text(small_disk / "a.txt", "x" * 200_000)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "a", tmp_path / ("n" * 300)):
        with pytest.raises(UserError) as raised:
            make_folder(folder)
        assert not isinstance(raised.value, NoSpace)


def test_an_archive_without_room_is_not_called_damaged(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: Volume
) -> None:
    image, packed_image = tmp_path / "scan.nii", tmp_path / "scan.zip"
    nib.save(nib.Nifti1Image(head.voxels, head.geometry.affine), image)
    with zipfile.ZipFile(packed_image, "w") as archive:
        archive.write(image, "inside.nii")
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    found = run(scan([image, packed_image]))
    assert [one.name for one in found.series] == ["scan"]
    assert dict(found.skipped) == {NO_ROOM: 1}
    assert "there is room for" in found.problems[0].text


@pytest.mark.parametrize(
    ("error", "full", "of_system"),
    [
        (OSError(errno.ENOSPC, "full"), True, True),
        (OSError(errno.EDQUOT, "full"), True, True),
        (PermissionError(errno.EACCES, "closed"), False, True),
        (OSError("no DICOM"), False, False),  # as libraries say it
        (ValueError("damaged"), False, False),
    ],
)
def test_what_the_system_says(error: Exception, full: bool, of_system: bool) -> None:
    assert (is_full(error), is_of_system(error)) == (full, of_system)
    if isinstance(error, OSError):
        assert isinstance(unwritable(Path("a"), error), NoSpace) == full


def test_a_library_for_which_there_is_no_room_is_want_of_memory() -> None:
    no_room = ImportError("libtorch_cpu.so: failed to map segment from shared object")
    wrapped = ImportError("a package could not be loaded")
    wrapped.__cause__ = no_room
    for error in (no_room, wrapped):
        assert str(as_user_error(error)).startswith("There is not enough memory for this.")
    absent = ImportError("No module named 'torch'")
    assert as_user_error(absent) is absent


def test_what_cannot_be_opened_is_named_by_its_file_and_not_by_its_sentence(
    tmp_path: Path, head: Volume
) -> None:
    """A quote in a name ends no name, and of several broken files each is told of."""
    for name in ("it's.nii", "b.nii"):
        (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(NothingOpened) as raised:
        run(scan([tmp_path]))
    assert {problem.name for problem in raised.value.problems} == {"it's.nii", "b.nii"}
    alone = run(select([tmp_path], thin_too=False))
    assert {one.name for one in alone.left_out if one.broken} == {"it's.nii", "b.nii"}
    nib.save(nib.Nifti1Image(head.voxels, head.geometry.affine), tmp_path / "whole.nii")
    beside = run(select([tmp_path], thin_too=True))
    assert len(beside.items) == 1
    assert {one.name for one in beside.left_out if one.broken} == {"it's.nii", "b.nii"}


def test_a_mask_that_nobody_acknowledged_is_in_doubt(thick_head: Volume, tmp_path: Path) -> None:
    path = tmp_path / "brain_mask.nii"
    nib.save(nib.Nifti1Image((thick_head.voxels > 0).astype("u1"), np.eye(4)), path)
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    parser.set_defaults(json=None)
    args = parser.parse_args([str(path), "-o", str(tmp_path / "thick.nii"), "--factor", "2"])
    with pytest.raises(InDoubt, match="Give --acknowledge"):
        simulate.execute(args)
