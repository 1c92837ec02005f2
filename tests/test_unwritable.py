"""The message for a file that cannot be written, by real failures of the file system."""

import errno
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from srviewer.atomic import (
    staged_folder,
    staged_together,
    write_new,
    write_text,
)
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.bids.names import given_name
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.export.bids import write_derivative
from srviewer.io.export.image import write_image
from srviewer.job import run
from srviewer.nn.models.safetensors_file import write_arrays
from srviewer.nn.reports.tensorboard_events import EventFile
from srviewer.sr.report.page import Figure, Page, Table
from srviewer.unwritable import make_folder

resource = pytest.importorskip("resource", reason="the limit on file sizes is POSIX's")
Closed = Callable[[Path], Path]
MORE = "x" * 20_000


@contextmanager
def files_of(most: int) -> Iterator[None]:
    """No file may be larger than ``most`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)


def refused(do: Callable[[], object], path: Path, *words: str) -> None:
    with pytest.raises(UserError) as caught:
        do()
    said = str(caught.value)
    assert said.startswith(f"'{path}' cannot be written: "), said
    assert all(word in said for word in words), said
    assert ".srviewer-" not in said


def test_the_json_beside_an_image(thick_head: Volume, tmp_path: Path) -> None:
    image = tmp_path / "a.nii.gz"
    with files_of(200_000):
        refused(
            lambda: run(write_image(thick_head, image, {"note": MORE * 20})),
            tmp_path / "a.json",
            "File too large.",
            "raise the limit",
        )
    with files_of(10_000):
        refused(lambda: run(write_image(thick_head, image, {})), image, "File too large.")
    assert list(tmp_path.iterdir()) == []


def test_a_dicom_slice(thick_head: Volume, tmp_path: Path) -> None:
    with files_of(1_000):
        refused(
            lambda: run(write_series(thick_head, tmp_path / "out", {}, "original", None)),
            tmp_path / "out" / "00001.dcm",
            "File too large.",
        )
    assert list(tmp_path.iterdir()) == []


def test_figures_of_a_report_and_a_model(tmp_path: Path) -> None:
    page = Page("t", (), (Table("t", ("a",), (("b",),)),), (Figure("montage", "c", b"x" * 9_000),))
    with files_of(5_000):
        refused(
            lambda: page.save(tmp_path / "r.html"),
            tmp_path / "r-figures" / "montage.png",
            "File too large.",
        )
        arrays = {"a": np.ones(9_000)}
        model = tmp_path / "m.safetensors"
        refused(lambda: write_arrays(model, arrays, {}), model, "File too large.")
    assert [path.name for path in tmp_path.iterdir()] == ["r-figures"]


def test_the_events_of_a_run(tmp_path: Path) -> None:
    events = EventFile(tmp_path / "m.events")
    (file,) = (tmp_path / "m.events").iterdir()
    with files_of(file.stat().st_size + 10):
        refused(lambda: events.add(1, {"loss": 1.0}), file, "File too large.")


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "r-figures").write_text("a file")
    page = Page("t", (), (Table("t", ("a",), (("b",),)),), ())
    with pytest.raises(UserError, match=r"r-figures' cannot be made.*is a file and no folder"):
        page.save(tmp_path / "r.html")
    (tmp_path / "derivatives").write_text("a file")
    with pytest.raises(UserError, match=r"derivatives' is a file and no folder"):
        make_folder(tmp_path / "derivatives" / "deep" / "er")


def test_a_folder_that_comes_while_it_is_written(tmp_path: Path) -> None:
    paths = tmp_path / "a.nii", tmp_path / "a.json"

    def fill() -> None:
        with staged_together(*paths) as drafts:
            for draft in drafts:
                draft.write_text("new")
            paths[1].mkdir()

    refused(fill, paths[1], "A folder has that name")
    assert not paths[0].exists()


def test_what_is_read_is_not_said_to_be_written(tmp_path: Path) -> None:
    gone = tmp_path / "gone.nii"

    def copy() -> None:
        with staged_together(tmp_path / "a.nii") as (draft,):
            draft.write_bytes(gone.read_bytes())

    with pytest.raises(UserError, match=rf"a\.nii' is not written, since '{gone}' failed"):
        copy()


def test_a_slice_in_a_folder_is_named_as_it_would_lie(tmp_path: Path) -> None:
    def fill() -> None:
        with staged_folder(tmp_path / "out") as place:
            (place / "deep" / "1.dcm").write_text("x")

    refused(fill, tmp_path / "out" / "deep" / "1.dcm", "No such file")


def test_names_that_are_too_long(thick_head: Volume, tmp_path: Path) -> None:
    path = tmp_path / f"{'x' * 252}.nii"
    refused(lambda: write_text(path, "x"), path, "too long: give a shorter one")
    refused(lambda: run(write_image(thick_head, path, {})), path, "too long")
    refused(lambda: write_new(path, "x"), path, "too long")


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    ring = tmp_path / "ring"
    ring.symlink_to(ring)
    with pytest.raises(UserError, match=r"ring' cannot be written to: .*lead in a circle"):
        write_text(ring / "a.json", "x")
    with pytest.raises(UserError, match="lead in a circle"):
        make_folder(ring / "deep")


def test_a_file_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match=r"file' is a file and no folder"):
        write_text(tmp_path / "file" / "a.json", "x")


def test_no_right(closed: Closed, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    closed(folder)
    with pytest.raises(UserError, match=r"closed.*You have no right"):
        write_text(folder / "a.json", "x")
    with pytest.raises(UserError, match=r"closed/deep' cannot be made: .*no right"):
        make_folder(folder / "deep")
    folder.chmod(0o500)
    with pytest.raises(UserError, match="ou have no right"):
        write_text(folder / "a.json", "x")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
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


def test_a_full_disk(disk: Path, thick_head: Volume) -> None:
    (disk / "room").write_bytes(b"x" * 40_000)
    for target in ("a.json", "b.json"):
        refused(
            lambda t=target: write_text(disk / t, MORE * 3),
            disk / target,
            os.strerror(errno.ENOSPC),
            "The disk is full: free some space",
        )
    refused(lambda: write_new(disk / "claim", MORE * 3), disk / "claim", "The disk is full")
    refused(
        lambda: run(write_image(thick_head, disk / "a.nii", {})), disk / "a.nii", "disk is full"
    )
    assert [path.name for path in disk.iterdir()] == ["room"]


def test_a_disk_that_can_only_be_read(disk: Path, thick_head: Volume) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=120)
    with pytest.raises(UserError, match="cannot be written to: the disk can only be read"):
        write_text(disk / "a.json", "x")
    with pytest.raises(UserError, match=r"cannot be made: .*The disk can only be read"):
        make_folder(disk / "new")


def test_a_file_in_the_place_of_a_data_set(thick_head: Volume, tmp_path: Path) -> None:
    root = tmp_path / "bids"
    (root / "derivatives").mkdir(parents=True)
    (root / "derivatives" / "srviewer").write_text("a file")
    job = write_derivative(thick_head, root, given_name("01", "T1w"), root / "a.nii", {})
    with pytest.raises(UserError, match=r"cannot be made: .*srviewer' is a file and no folder"):
        run(job)
