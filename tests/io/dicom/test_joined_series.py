"""Slices with a series UID each are offered as one; what makes no volume is told once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

import phantoms
from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import Series
from srviewer.job import run

Writer = Callable[..., list[Path]]
Same = Callable[[Volume, Volume], None]
Edit = Callable[[Dataset, int], None]


def nothing(dataset: Dataset, k: int) -> None:
    pass


@pytest.fixture
def uid_each(write_dicom: Writer, tmp_path: Path) -> Callable[..., Path]:
    """Write a volume as slices of a series UID each, once for each edit; the folder of them all."""

    def write(volume: Volume, *edits: Edit, planes: list[float] | None = None) -> Path:
        (tmp_path / "all").mkdir(exist_ok=True)
        for number, edit in enumerate(edits or (nothing,)):

            def own(dataset: Dataset, k: int, n: int = number, edit: Edit = edit) -> None:
                dataset.SeriesInstanceUID = f"1.2.8.{n}.{k}"
                dataset.SOPInstanceUID = f"1.2.9.{n}.{k}"
                edit(dataset, k)

            write_dicom(volume, f"all/{number}", edit=own, planes=planes)
        return tmp_path / "all"

    return write


def only(folder: Path) -> Series:
    found = run(scan([folder]))
    assert found.problems == ()
    (series,) = found.series
    return series


def codes(series: Series) -> list[str]:
    return [warning.code for warning in series.warnings]


def said(folder: Path) -> str:
    """The one message about a folder in which nothing can be opened."""
    with pytest.raises(UserError) as caught:
        run(scan([folder]))
    return str(caught.value)


def test_slices_of_a_series_each_are_one_scan(
    uid_each: Callable[..., Path], thick: Volume, same_in_patient: Same
) -> None:
    series = only(uid_each(thick))
    assert codes(series) == ["joined_series", "oblique"]
    assert series.warnings[0].message.startswith("6 images that have a series UID each lie on one")
    assert series.name == "T2 test (7)"
    assert len(series.sources) == 6
    same_in_patient(run(series.read(0)), thick)


def test_it_must_be_acknowledged(
    uid_each: Callable[..., Path],
    thick: Volume,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "thin.nii.gz"
    rebuild = ["reconstruct", str(uid_each(thick)), "-o", str(out), "--method", "linear"]
    assert main(rebuild) == 1
    message = capsys.readouterr().err
    assert "Make sure that they belong together. Give --acknowledge" in message
    assert not out.exists()
    assert main([*rebuild, "--acknowledge"]) == 0


def test_a_number_for_each_is_no_name(uid_each: Callable[..., Path], thick: Volume) -> None:
    series = only(uid_each(thick, lambda d, k: setattr(d, "SeriesNumber", 500 + k)))
    assert series.name == "T2 test"
    without = uid_each(thick, lambda d, k: d.update({"SeriesNumber": None}))
    assert only(without).name == "T2 test"


def test_no_uid_and_a_number_for_each(uid_each: Callable[..., Path], thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.SeriesInstanceUID, dataset.SeriesNumber = "", 500 + k

    assert codes(only(uid_each(thick, edit))) == ["joined_series", "oblique"]


def test_copies_are_used_once(uid_each: Callable[..., Path], thick: Volume) -> None:
    folder = uid_each(thick)
    for path in sorted((folder / "0").iterdir()):
        path.with_name(f"copy-{path.name}").write_bytes(path.read_bytes())
    series = only(folder)
    assert codes(series) == ["joined_series", "duplicate_positions", "oblique"]
    assert series.geometry.shape == (5, 4, 6)


def test_contrasts_are_kept_apart(uid_each: Callable[..., Path], thick: Volume) -> None:
    echoes = [lambda d, k, e=e: setattr(d, "EchoTime", str(e)) for e in (20, 80)]
    found = run(scan([uid_each(thick, *echoes)])).series
    assert [one.name for one in found] == ["T2 test (7), TE 20 ms", "T2 test (7), TE 80 ms"]
    assert [one.geometry.shape[2] for one in found] == [6, 6]
    assert all(codes(one)[0] == "joined_series" for one in found)


HALF: dict[str, Edit] = {
    "patient": lambda d, k: setattr(d, "PatientID", f"P{k // 3}"),
    "study": lambda d, k: setattr(d, "StudyInstanceUID", f"1.2.{k // 3 + 1}"),
    "frame": lambda d, k: setattr(d, "FrameOfReferenceUID", f"1.2.{k // 3 + 1}"),
    "description": lambda d, k: setattr(d, "SeriesDescription", f"T{k // 3 + 1}"),
}


@pytest.mark.parametrize("differing", HALF)
def test_what_differs_is_never_joined(
    uid_each: Callable[..., Path], thick: Volume, differing: str
) -> None:
    found = run(scan([uid_each(thick, HALF[differing])])).series
    assert [one.geometry.shape[2] for one in found] == [3, 3]
    for one in found:
        assert len({path.name[-5] in "012" for path in one.sources}) == 1


@pytest.mark.parametrize(
    ("planes", "edit"),
    [
        ([0, 1, 2, 4, 5, 6], nothing),  # a gap
        ([0, 1, 2, 3.5, 4.5, 5.5], nothing),  # uneven
        ([0, 1, 2, 2, 3, 4], nothing),  # a repeat
        (None, lambda d, k: setattr(d, "SpacingBetweenSlices", "2.5")),  # half of them are missing
        (None, lambda d, k: setattr(d, "EchoTime", str(20 + 60 * (k // 3)))),  # two contrasts
        (None, lambda d, k: d.pop("PixelSpacing")),
        (None, lambda d, k: setattr(d, "FrameOfReferenceUID", f"1.2.{k + 1}")),
    ],
)
def test_what_is_not_regular_is_not_joined(
    uid_each: Callable[..., Path], thick: Volume, planes: list[float] | None, edit: Edit
) -> None:
    assert said(uid_each(thick, edit, planes=planes)) == (
        "6 images of 'T2 test (7)' make no volume: each is the only one of its series, and they "
        "make no regular grid together."
    )


def test_localizers_are_never_joined(uid_each: Callable[..., Path], thick: Volume) -> None:
    folder = uid_each(
        thick, lambda d, k: setattr(d, "ImageType", ["ORIGINAL", "PRIMARY", "LOCALIZER"])
    )
    assert "6 images of 'T2 test (7)' make no volume" in said(folder)


def test_localizers_beside_a_scan_are_counted(
    uid_each: Callable[..., Path], write_dicom: Writer, thick: Volume
) -> None:
    folder = uid_each(
        thick, lambda d, k: setattr(d, "ImageType", ["ORIGINAL", "PRIMARY", "LOCALIZER"])
    )
    write_dicom(thick, "all/scan")
    found = run(scan([folder]))
    assert (len(found.series), found.problems) == (1, ())
    assert found.skipped == (("localizers", 6),)


def test_two_slices_are_too_few(uid_each: Callable[..., Path], thick: Volume) -> None:
    message = said(uid_each(thick, planes=[0, 1]))
    assert (
        message == "2 images of 'T2 test (7)' make no volume: they are single images of 2 series."
    )


def radial(affine: np.ndarray, offset: float) -> Edit:
    """Turn slice ``k`` by 15 k degrees about an axis ``offset`` mm beside its middle."""

    def edit(dataset: Dataset, k: int) -> None:
        turn = phantoms.rotation((0, 0, 15.0 * k))
        across = turn @ (1.0, 0.0, 0.0)
        corner = -across * (dataset.Columns - 1) / 2 + turn @ (0, offset * k, 0) + (3, 4, 5)
        dataset.ImagePositionPatient = [f"{value:.6f}" for value in corner]
        dataset.ImageOrientationPatient = [f"{v:.6f}" for v in (*across, 0.0, 0.0, 1.0)]
        dataset.PixelSpacing = ["1", "1"]

    return edit


@pytest.mark.parametrize("shared", [True, False])
def test_a_radial_stack_is_told_once(
    uid_each: Callable[..., Path], thick: Volume, shared: bool
) -> None:
    turned = radial(thick.geometry.affine, 0.0)

    def edit(dataset: Dataset, k: int) -> None:
        turned(dataset, k)
        if shared:
            dataset.SeriesInstanceUID = "1.2.8"

    assert said(uid_each(thick, edit)) == (
        "6 images of 'T2 test' are slices turned about one axis (a radial stack), no two of them "
        "parallel. srviewer needs parallel slices: open another series of this study."
    )


def test_slices_turned_about_no_common_axis_are_no_radial_stack(
    uid_each: Callable[..., Path], thick: Volume
) -> None:
    assert "radial" not in said(uid_each(thick, radial(thick.geometry.affine, 9.0)))


def test_three_crossing_planes_are_no_radial_stack(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        turns = ((1, 0, 0, 0, 1, 0), (1, 0, 0, 0, 0, 1), (0, 1, 0, 0, 0, 1))
        dataset.ImageOrientationPatient = list(turns[k])
        dataset.ImagePositionPatient = [0, 0, 0]

    message = said(write_dicom(thick, planes=[0, 1, 2], edit=edit)[0].parent)
    assert message == "3 images of 'T2 test (7)' make no volume: each lies in a plane of its own."


def test_the_folder_is_named_only_where_it_holds_more(write_dicom: Writer, thick: Volume) -> None:
    files = write_dicom(thick)
    assert said(files[0]).endswith(
        "needs at least 2 slices. Open the folder that holds the whole series."
    )
    for path in files[1:]:
        path.unlink()
    assert said(files[0]).endswith("needs at least 2 slices.")
    assert said(files[0].parent).endswith("needs at least 2 slices.")


def test_a_folder_with_another_series_holds_no_more_of_this_one(
    write_dicom: Writer, thick: Volume
) -> None:
    path = write_dicom(thick, planes=[0])[0]
    write_dicom(thick, planes=[0, 1], series="1.2.4")
    written = write_dicom(thick, planes=[0], series="1.2.3")
    (path.parent / "letter.txt").write_text("Dear reader", encoding="utf-8")
    assert said(written[0]).endswith("needs at least 2 slices.")


def test_a_radiograph_is_no_slice(write_dicom: Writer, thick: Volume) -> None:
    path = write_dicom(thick, planes=[0], edit=lambda d, k: setattr(d, "Modality", "DX"))[0]
    assert "is a single DX image" in said(path)
