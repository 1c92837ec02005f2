"""Tar archives are opened like zip archives, within the same limits."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.job import run

Writer = Callable[..., list[Path]]


@pytest.mark.parametrize("name", ["s.tar", "s.tar.gz", "s.tgz", "s.tar.bz2"])
def test_a_series_in_a_tar_archive(
    write_dicom: Writer, thick: Volume, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    mode = "w:" if name == "s.tar" else "w:bz2" if name.endswith("bz2") else "w:gz"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for file in write_dicom(thick):
            archive.add(file, f"study/{file.name}")
    (series,) = run(scan([path])).series
    assert series.sources == (path,)
    np.testing.assert_array_equal(run(series.read(0)).voxels, run(read(file.parent)).voxels)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match=r"cut short|cannot be unpacked"):
        run(scan([path]))


def archive(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as made:
        for member in members:
            made.addfile(member, io.BytesIO(bytes(min(member.size, 1000))))
    return path


def member(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([member("../evil.nii")], "outside the archive's own folder"),
        ([member("/evil.nii")], "outside the archive's own folder"),
        ([member("a.nii", type=tarfile.SYMTYPE, linkname="/etc/passwd")], "outside"),
        ([member("a.nii", type=tarfile.LNKTYPE, linkname="b.nii")], "outside"),
        ([member("a.nii", type=tarfile.CHRTYPE)], "outside"),
        ([member("a.nii"), member("a.nii")], "two files of the name"),
    ],
)
def test_archives_that_lead_out_are_refused(
    tmp_path: Path, members: list[tarfile.TarInfo], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        run(scan([archive(tmp_path / "evil.tgz", *members)]))
    assert [path.name for path in tmp_path.rglob("*")] == ["evil.tgz"]


def test_a_header_that_would_take_all_memory_is_refused(tmp_path: Path) -> None:
    header = member("x", type=tarfile.XHDTYPE, size=2 << 30).tobuf()
    (tmp_path / "bomb.tar").write_bytes(header + bytes(10_000))
    with pytest.raises(UserError, match="a header is far too large"):
        run(scan([tmp_path / "bomb.tar"]))
