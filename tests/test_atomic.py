"""Files appear whole or not at all."""

import os
import sys
from pathlib import Path

import pytest

from children import output
from srviewer.atomic import staged_together, write_atomically, write_text
from srviewer.errors import UserError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def accept(path: Path) -> None:
    assert path.read_bytes() == b"new"


def test_a_file_is_written_and_replaces_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    for _ in range(2):
        write_atomically(target, lambda path: path.write_bytes(b"new") and None, accept)
        assert target.read_bytes() == b"new"
        assert names(tmp_path) == ["a.bin"]


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def refuse(path: Path) -> None:
        raise UserError("not what was meant")

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="not what was meant"):
        write_atomically(target, lambda path: path.write_bytes(b"new") and None, refuse)
    with pytest.raises(UserError, match="No space left on device"):
        write_atomically(target, fail, accept)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_targets_that_cannot_be(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        path.write_bytes(b"new")

    with pytest.raises(UserError, match="does not exist"):
        write_atomically(tmp_path / "missing" / "a.bin", save, accept)
    with pytest.raises(UserError, match="is a folder"):
        write_atomically(tmp_path, save, accept)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_what_is_no_ordinary_file_stays(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for place in (pipe, link):
        with pytest.raises(UserError, match="no ordinary file"):
            write_text(place, "something")
    assert pipe.is_fifo() and link.is_symlink() and len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder no one can write to")
def test_a_folder_that_cannot_be_written_to() -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write_atomically(
            Path("/proc/a.bin"), lambda path: path.write_bytes(b"new") and None, accept
        )


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.job import run
volume = Volume(np.ones((64, 64, 64), np.float32), Geometry((64, 64, 64), np.eye(4)), "ones")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    run(write_image(volume, Path(sys.argv[1]), {}))
except UserError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on file sizes is POSIX's")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.nii"
    assert "cannot be written: File too large" in output([sys.executable, "-c", FULL_DISK, target])
    assert names(tmp_path) == []


def test_files_that_belong_together_change_together(tmp_path: Path) -> None:
    image, story = tmp_path / "a.nii", tmp_path / "a.json"
    with staged_together(image, story) as (one, other):
        one.write_text("image 1")
        other.write_text("story 1")
    with staged_together(image, story) as (one, other):
        one.write_text("image 2")
        other.write_text("story 2")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.json", "a.nii"]
    assert (image.read_text(), story.read_text()) == ("image 2", "story 2")


@pytest.mark.parametrize("there", [True, False], ids=["replaced", "new"])
@pytest.mark.parametrize("stuck", [0, 1], ids=["image", "story"])
def test_where_one_cannot_be_renamed_both_stay_as_they_were(
    tmp_path: Path, stuck: int, there: bool
) -> None:
    """Another program puts a folder under the name while the files are written."""
    paths = tmp_path / "a.nii", tmp_path / "a.json"
    kept = paths[1 - stuck]
    if there:
        kept.write_text("old")

    def fill() -> None:
        with staged_together(*paths) as temporary:
            for path in temporary:
                path.write_text("new")
            paths[stuck].mkdir()

    with pytest.raises(UserError, match=f"'{paths[stuck]}' cannot be written"):
        fill()
    assert kept.exists() is there and (not there or kept.read_text() == "old")
    assert paths[stuck].is_dir()
    assert not list(tmp_path.glob(".srviewer-*"))
