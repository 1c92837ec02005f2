"""NRRD and MetaImage: the grid and the voxels that SimpleITK gives; what lies is refused."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

import phantoms
from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.header_view import header_rows
from srviewer.job import run

SHAPE = (5, 4, 6)
TURNED = phantoms.rotation((20, -35, 70))
Edit = Callable[[bytes], bytes]


def image(dtype: str = "int16", frames: int = 0) -> SimpleITK.Image:
    """Numbered voxels on an oblique, anisotropic grid of ITK."""
    shape = (*((frames,) if frames else ()), *SHAPE[::-1])
    voxels = (np.arange(np.prod(shape)).reshape(shape) % 251 - 20).astype(dtype)
    made = SimpleITK.GetImageFromArray(voxels, isVector=False)
    spacing, origin, turn = [1.7, 1.25, 4.5], [11.0, -7.5, 3.25], TURNED
    if frames:
        turn = np.eye(4)
        turn[:3, :3] = TURNED
        spacing, origin = [*spacing, 1.0], [*origin, 0.0]
    made.SetSpacing(spacing)
    made.SetOrigin(origin)
    made.SetDirection(turn.ravel().tolist())
    return made


def affine_of(made: SimpleITK.Image) -> np.ndarray:
    """(4, 4) to RAS+ mm of the first three axes of an image of ITK."""
    count = made.GetDimension()
    direction = np.reshape(made.GetDirection(), (count, count))[:3, :3]
    affine = np.eye(4)
    affine[:3, :3] = direction * made.GetSpacing()[:3]
    affine[:3, 3] = made.GetOrigin()[:3]
    return np.diag([-1, -1, 1, 1]) @ affine


def assert_as_itk(path: Path) -> None:
    theirs = SimpleITK.ReadImage(path)
    ours = run(read(path))
    np.testing.assert_allclose(ours.geometry.affine, affine_of(theirs), atol=1e-12)
    voxels = SimpleITK.GetArrayFromImage(theirs).T.astype(np.float32)
    np.testing.assert_array_equal(ours.voxels, voxels)


def written(folder: Path, name: str, packed: bool = False, **options: object) -> Path:
    SimpleITK.WriteImage(image(**options), folder / name, packed)  # type: ignore[arg-type]
    return folder / name


@pytest.mark.parametrize("name", ["a.nrrd", "a.nhdr", "a.mha", "a.mhd"])
def test_every_type_and_packing_of_itk(tmp_path: Path, name: str) -> None:
    types = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64")
    for dtype in types:
        for packed in (False, True):
            path = written(tmp_path, name, packed, dtype=dtype)
            assert_as_itk(path)
            (series,) = run(scan([path])).series
            assert (series.name, series.frames) == ("a", 1)
            assert {warning.code for warning in series.warnings} == {"oblique"}
            assert run(series.read(0)).stored_as == dtype
            assert len(series.sources) == (2 if name in ("a.nhdr", "a.mhd") else 1)


@pytest.mark.parametrize("name", ["a.nrrd", "a.nhdr", "a.mha", "a.mhd"])
def test_what_itk_keeps_of_other_formats_is_passed_over(tmp_path: Path, name: str) -> None:
    made = image()
    for key in ("dim[0]", "0008|0060", "qto_xyz", "a key of words", "été"):
        made.SetMetaData(key, "3")
    SimpleITK.WriteImage(made, tmp_path / name)
    assert_as_itk(tmp_path / name)


@pytest.mark.parametrize("name", ["a.nrrd", "a.mha"])
def test_volumes_along_a_fourth_axis(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, frames=3)
    (series,) = run(scan([path])).series
    assert series.frames == 3
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))
    for frame in range(3):
        np.testing.assert_array_equal(run(series.read(frame)).voxels, theirs[frame].T)
    with pytest.raises(UserError, match="no number 3"):
        run(series.read(3))


def test_both_files_make_one_image_known_by_the_content_of_both(tmp_path: Path) -> None:
    path = written(tmp_path, "a.mhd")
    listing = run(scan([tmp_path]))
    (series,) = listing.series
    assert listing.ignored == 0
    before = run(series.read(0)).source
    assert before is not None
    assert [file.path.name for file in before.files] == ["a.mhd", "a.raw"]
    voxels = bytearray((tmp_path / "a.raw").read_bytes())
    voxels[0] ^= 1
    (tmp_path / "a.raw").write_bytes(voxels)
    with pytest.raises(UserError, match=r"'a\.raw' has changed"):
        run(series.read(0))
    after = run(read(path)).source
    assert after is not None
    assert after.sha256 != before.sha256


def nrrd(fields: str, content: bytes = bytes(240)) -> bytes:
    """An NRRD file of 5 x 4 x 6 voxels of int16; ``fields`` come first."""
    given = {line.split(":")[0] for line in fields.splitlines()}
    usual = {
        "type": "short",
        "dimension": "3",
        "sizes": "5 4 6",
        "endian": "little",
        "encoding": "raw",
    }
    lines = [f"{key}: {value}" for key, value in usual.items() if key not in given]
    every = [*fields.splitlines(), *lines]
    every.sort(key=lambda line: not line.startswith("dimension"))  # which must come first
    return "\n".join(["NRRD0004", *every, "", ""]).encode() + content


PLACED = "space: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,4)\n"
NUMBERED = np.arange(120, dtype="<i2").tobytes()


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ("space: RAS\nspace directions: (1,0,0.2) (0,-1,0) (0,0,4)\nspace origin: (1,2,3)", set()),
        ("space: left-anterior-superior\nspace directions: (0,1,0) (2,0,0) (0,0,4)", set()),
        ("space dimension: 3\nspace directions: (1,0,0) (0,1,0) (0,0,4)", {"orientation_unknown"}),
        ("spacings: 1 2 4", {"orientation_unknown"}),
        ("spacings: 1 2 4\naxis mins: 3 4 5\ncenterings: node cell node", {"orientation_unknown"}),
        ("spacings: 1 nan 4", {"orientation_unknown", "spacing_unknown"}),
        ("", {"orientation_unknown", "spacing_unknown"}),
    ],
)
def test_the_grid_of_an_nrrd_header(tmp_path: Path, fields: str, codes: set[str]) -> None:
    path = tmp_path / "a.nrrd"
    path.write_bytes(nrrd(fields, NUMBERED))
    (series,) = run(scan([path])).series
    assert {warning.code for warning in series.warnings} - {"oblique", "implausible_size"} == codes
    if "0.2" not in fields:  # which ITK does not read as it stands
        assert_as_itk(path)
        return
    expected = [[1, 0, 0, 1], [0, -1, 0, 2], [0.2, 0, 4, 3], [0, 0, 0, 1]]
    np.testing.assert_array_equal(series.geometry.affine, expected)


@pytest.mark.parametrize(
    "fields",
    [
        PLACED.replace("4", "0.4") + 'space units: "mm" "mm" "cm"',
        'spacings: 0.1 1 4\nunits: "cm" "mm" "mm"',
    ],
)
def test_lengths_in_other_units(tmp_path: Path, fields: str) -> None:
    """ITK does not read units."""
    (tmp_path / "a.nrrd").write_bytes(nrrd(fields, NUMBERED))
    (series,) = run(scan([tmp_path / "a.nrrd"])).series
    np.testing.assert_allclose(series.geometry.affine, np.diag([-1, -1, 4, 1]))


def test_bytes_that_are_swapped_skipped_or_packed(tmp_path: Path) -> None:
    path = tmp_path / "a.nhdr"
    swapped = np.arange(120, dtype=">i2").tobytes()
    for fields, content in (
        ("endian: big\nbyte skip: 7", bytes(7) + swapped),
        ("endian: big\nbyte skip: -1", bytes(13) + swapped),
        ("endian: big\nencoding: gzip\nbyte skip: 3", gzip.compress(bytes(3) + swapped)),
    ):
        (tmp_path / "a.bin").write_bytes(content)
        path.write_bytes(nrrd(f"{PLACED}data file: a.bin\n{fields}", b""))
        numbered = np.arange(120).reshape(SHAPE, order="F")
        np.testing.assert_array_equal(run(read(path)).voxels, numbered)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ('spacings: nan nan nan 2.5\nunits: "" "" "" "s"', 2.5),
        ('spacings: nan nan nan 40\nunits: "" "" "" "ms"', 0.04),
        ("spacings: nan nan nan 2.5", None),
        ('units: "" "" "" "s"', None),
        ('spacings: nan nan nan -1\nunits: "" "" "" "s"', None),
    ],
)
def test_seconds_between_volumes(tmp_path: Path, fields: str, seconds: float | None) -> None:
    header = (
        "NRRD0005\ntype: uchar\ndimension: 4\nspace: left-posterior-superior\nsizes: 4 4 4 3\n"
        "space directions: (1,0,0) (0,1,0) (0,0,4) none\nkinds: domain domain domain time\n"
        f"encoding: raw\n{fields}\n\n"
    )
    path = tmp_path / "time.nrrd"
    path.write_bytes(header.encode() + bytes(range(192)))
    (series,) = run(scan([path])).series
    assert (series.frames, series.interval_s) == (3, pytest.approx(seconds))


def test_volumes_that_are_interleaved(tmp_path: Path) -> None:
    """3D Slicer stores the volumes of a diffusion scan and the layers of a segmentation so."""
    path = tmp_path / "a.nrrd"
    voxels = np.arange(240, dtype="<i2").reshape(2, *SHAPE, order="F")
    directions = "space: LPS\nspace directions: none (1,0,0) (0,1,0) (0,0,4)\nsizes: 2 5 4 6"
    for kind in ("list domain domain domain", "vector space space space\nmodality:=DWMRI"):
        fields = f"dimension: 4\n{directions}\nkinds: {kind}"
        path.write_bytes(nrrd(fields, voxels.tobytes(order="F")))
        (series,) = run(scan([path])).series
        assert series.frames == 2
        for frame in range(2):
            np.testing.assert_array_equal(run(series.read(frame)).voxels, voxels[frame])
            assert series.stream is not None
            planes = [plane.copy() for plane, _ in series.stream(frame).planes()]
            np.testing.assert_array_equal(np.stack(planes, axis=2), voxels[frame])


COLOURED = "dimension: 4\nsizes: 3 5 4 6\nkinds: {} domain domain domain\nspace: LPS\n"
COLOURED += "space directions: none (1,0,0) (0,1,0) (0,0,4)"
BAD = {
    "cut short": (nrrd(PLACED, bytes(200)), "is cut short: its header promises"),
    "too large": (nrrd(PLACED + "sizes: 99999 99999 99999"), "cut short"),
    "gzip bomb": (
        nrrd(PLACED + "encoding: gzip\nsizes: 9999 9999 9999", gzip.compress(bytes(99))),
        "cut short",
    ),
    "damaged gzip": (nrrd(PLACED + "encoding: gzip", gzip.compress(NUMBERED)[:-9]), "cut short"),
    "no end": (b"NRRD0004\ntype: short\n", "lacks the field 'dimension'"),
    "no magic": (b"NRRD0009\ntype: short\n\n", "no NRRD image"),
    "empty": (b"", "no NRRD image"),
    "no line": (nrrd("nonsense"), "no field"),
    "twice": (nrrd("type: short\ntype: float"), "gives a field twice"),
    "no sizes": (nrrd("sizes: 5 4"), "3 numbers are expected"),
    "sizes": (nrrd("sizes: 5 0 6"), "which no image has"),
    "dimension": (nrrd("dimension: 99"), "99 dimensions"),
    "type": (nrrd("type: block"), "no grey value"),
    "endian": (nrrd("endian: middle"), "order the bytes"),
    "ascii": (nrrd("encoding: ascii"), "encodings raw, gzip and bzip2"),
    "outside": (nrrd("data file: ../a.raw"), "header's own folder"),
    "absolute": (nrrd("data file: /etc/passwd"), "header's own folder"),
    "drive": (nrrd("data file: C:\\a.raw"), "header's own folder"),
    "several": (nrrd("data file: a%02d.raw 1 6 1"), "several files"),
    "missing": (nrrd("data file: b.raw"), "'b.raw', are not beside it"),
    "flat": (nrrd("space: LPS\nspace directions: (1,0,0) (2,0,0) (0,0,4)"), "no grid"),
    "not finite": (nrrd("space: LPS\nspace directions: (inf,0,0) (0,1,0) (0,0,4)"), "no grid"),
    "directions": (nrrd("space: LPS\nspace directions: (1,0,0) (0,1,0)"), "for each axis"),
    "other space": (nrrd("space: talairach"), "none of the patient"),
    "colours": (nrrd(COLOURED.format("RGB-color"), bytes(720)), "3 numbers in each voxel"),
    "vectors": (nrrd(COLOURED.format("vector"), bytes(720)), "3 numbers in each voxel"),
    "plane": (nrrd("dimension: 2\nsizes: 5 24"), "no volume"),
    "negative": (nrrd("spacings: 1 -2 4"), "negative voxel size"),
}


@pytest.mark.parametrize("bad", BAD)
def test_nrrd_files_that_lie_are_refused(
    tmp_path: Path, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content, says = BAD[bad]
    if bad == "other space":
        content = content.replace(b"sizes", PLACED.splitlines()[1].encode() + b"\nsizes")
    path = tmp_path / "folder" / "a.nrrd"
    path.parent.mkdir()
    (tmp_path / "a.raw").write_bytes(bytes(240))
    path.write_bytes(content)
    out = tmp_path / "o.nii.gz"
    assert main(["reconstruct", str(path), "-o", str(out), "--method", "linear"]) == 1
    message = capsys.readouterr().err
    assert says in message
    assert "'a.nrrd'" in message
    assert not out.exists()


def meta(folder: Path, *changes: tuple[str, str]) -> Path:
    """A small .mha of ITK with changed lines."""
    content = written(folder, "a.mha").read_bytes()
    for old, new in changes:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode(), 1)
    (folder / "a.mha").write_bytes(content)
    return folder / "a.mha"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("DimSize = 5 4 6", "DimSize = 5 4 60"), "cut short: its header promises"),
        (("DimSize = 5 4 6", "DimSize = 99999 99999 99999"), "cut short"),
        (("DimSize = 5 4 6", "DimSize = 5 4"), "3 numbers are expected"),
        (("CompressedData = False", "CompressedData = True"), "damaged or cut short"),
        (("MET_SHORT", "MET_SHORT_ARRAY"), "no grey value"),
        (("NDims = 3", "ElementNumberOfChannels = 3\nNDims = 3"), "3 numbers in each voxel"),
        (("ObjectType = Image", "ObjectType = Mesh"), "holds a 'Mesh'"),
        (("= LOCAL", "= ../a.raw"), "header's own folder"),
        (("= LOCAL", "= LIST"), "several files"),
        (("ElementDataFile", "Something"), "no MetaImage"),
        (("ElementSpacing = 1.7 1.25", "ElementSpacing = -1 1"), "negative"),
        (("Offset = 11", "Offset = nan"), "no grid"),
    ],
)
def test_metaimages_that_lie_are_refused(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        run(read(meta(tmp_path, change)))


def test_what_a_metaimage_leaves_out_is_said(tmp_path: Path) -> None:
    path = meta(
        tmp_path, ("TransformMatrix", "Ignored"), ("ElementSpacing", "Ignored"), ("Offset", "Other")
    )
    (series,) = run(scan([path])).series
    codes = {warning.code for warning in series.warnings} - {"implausible_size"}
    assert codes == {"orientation_unknown", "spacing_unknown"}
    np.testing.assert_array_equal(series.geometry.affine, np.diag([-1, -1, 1, 1]))


def test_verbs_open_them(tmp_path: Path, thick: Volume, capsys: pytest.CaptureFixture[str]) -> None:
    made = SimpleITK.GetImageFromArray(thick.voxels.T)
    made.SetSpacing((1, 1, 4))
    SimpleITK.WriteImage(made, tmp_path / "a.mhd", True)
    out = tmp_path / "thin.nii.gz"
    command = ["reconstruct", str(tmp_path / "a.mhd"), "-o", str(out), "--method", "linear"]
    assert main(command) == 0
    assert run(read(out)).geometry.shape[2] == 4 * thick.geometry.shape[2]
    assert main(["compare", str(out), str(out)]) == 0
    assert main([*command[:3], str(tmp_path / "a.zraw"), *command[4:]]) == 1
    assert "ending" in capsys.readouterr().err
    names = [row.key for row in run(header_rows(tmp_path / "a.mhd"))]
    assert {"NDims", "ElementType", "ElementDataFile"} <= set(names)
