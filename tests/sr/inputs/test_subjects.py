"""Whose scan is whose: labels, patients, file names; nobody on both sides."""

from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

import phantoms
from srviewer.core.geometry.grid import Geometry
from srviewer.errors import UserError
from srviewer.io.scans.series import Series
from srviewer.job import run
from srviewer.sr.inputs.subjects import (
    Person,
    check_split,
    merged_subjects,
    people_in,
    people_of,
    scan_name,
    suggested_split,
)
from srviewer.sr.training.data import image_data, volume_data


def series(path: str, patient: str = "", spacing: Sequence[float] = (1.0, 1.0, 1.0)) -> Series:
    geometry = Geometry((8, 9, 10), phantoms.affine_of(np.eye(3), spacing))

    def nothing(frame: int) -> None:
        raise AssertionError("headers are enough")

    name = Path(path).name.removesuffix(".nii")
    return Series(0, name, "", "MR", geometry, "", 1, (), nothing, (Path(path),), patient)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (series("a/sub-01_ses-2_T1w.nii"), series("a/sub-01_ses-1_FLAIR.nii"), True),
        (series("a/sub-01_T1w.nii"), series("a/sub-02_T1w.nii"), False),
        (series("sub-01/anat/T1.nii"), series("sub-02/anat/T1.nii"), False),
        (series("sub-01/anat/T1.nii"), series("other/sub-01_T2w.nii"), True),
        (series("a/T1.nii"), series("b/T1.nii"), True),
        (series("a/x.nii"), series("a/y.nii"), False),
        (series("a/T1.nii", "p1"), series("a/T1.nii", "p2"), False),
        (series("a/T1.nii", "p1"), series("b/T2.nii", "p1"), True),
        (series("sub-01/T1.nii", "anonymous"), series("sub-02/T1.nii", "anonymous"), False),
    ],
)
def test_a_person_is_known_by_label_patient_or_name(one: Series, other: Series, same: bool) -> None:
    people = people_of([one, other])
    assert (len(people) == 1) is same
    if not same:
        check_split(people[:1], people[1:])
        return
    with pytest.raises(UserError, match="same person would be trained and tested on: "):
        check_split(people_of([one]), people_of([other]))


def test_a_patients_number_is_never_shown() -> None:
    (person,) = people_of([series("a/T1.nii", "4711")])
    assert "4711" not in person.title + "".join(person.names)


def test_names_carry_the_label_of_their_folder() -> None:
    assert scan_name(series("sub-07/anat/T1.nii")) == "sub-07_T1"
    assert scan_name(series("sub-07/anat/sub-07_T1w.nii")) == "sub-07_T1w"


def test_thick_scans_are_told() -> None:
    (person,) = people_of([series("thick.nii", spacing=(1.0, 1.0, 4.0))])
    assert person.thick == (("thick", 4.0),)


def test_a_tenth_is_held_out_where_there_are_people_enough() -> None:
    people = [Person(str(n), str(n), (str(n),), ()) for n in range(24)]
    for count, held_out in ((1, 0), (2, 0), (3, 1), (10, 1), (24, 2)):
        kept, others = suggested_split(people[:count])
        assert (len(kept), len(others)) == (count - held_out, held_out)
        assert (*kept, *others) == tuple(people[:count])


def test_the_same_place_given_twice_is_one_place() -> None:
    found = people_of([series("a/sub-01_T1w.nii")])
    more = people_of([series("a/sub-01_T2w.nii")])
    assert merged_subjects([*found, *found]) == found
    (both,) = merged_subjects([*found, *more])
    assert both.names == ("sub-01_T1w", "sub-01_T2w") and len(both.files) == 2


def test_scans_of_one_name_get_numbers_in_the_plan(tmp_path: Path) -> None:
    for person in ("sub-01", "sub-02", "sub-03"):
        (tmp_path / person).mkdir()
        volume = phantoms.head((20, 22, 24))
        image = nib.Nifti1Image(volume.voxels, volume.geometry.affine)
        nib.save(image, tmp_path / person / "T1.nii")
    data = run(volume_data([tmp_path / "sub-01", tmp_path / "sub-02"], [tmp_path / "sub-03"]))
    assert (data.names, data.held_out) == (("sub-01_T1", "sub-02_T1"), ("sub-03_T1",))
    assert [volume.name for volume in data.volumes] == ["sub-03_T1"]


def test_images_are_one_each(tmp_path: Path) -> None:
    for name in ("a", "b"):
        Image.fromarray(np.zeros((8, 9, 3), np.uint8)).save(tmp_path / f"{name}.png")
    people = run(people_in([tmp_path], "image"))
    assert [person.title for person in people] == ["a", "b"]
    with pytest.raises(UserError, match="tested on: a"):
        run(image_data([tmp_path], [tmp_path / "a.png"]))
    with pytest.raises(UserError, match="does not exist"):
        run(people_in([tmp_path / "nothing"], "image"))
