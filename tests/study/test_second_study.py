"""The link of two studies, and what is known of two."""

from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.codec import from_plain, to_plain
from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.space_codes import SpaceCodes
from srviewer.core.slices.rotated_planes import matrix_of, plain_directions
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.io import formats
from srviewer.job import run
from srviewer.study.state.origin import Origin
from srviewer.study.state.second_study import StudyLink
from srviewer.study.state.study_state import StudyState
from srviewer.study.two_studies import two_studies

MOTION = motion_of((0.1, -0.2, 0.05, 3.0, -4.0, 5.0), (1.0, 2.0, 3.0))
HERE = (10.0, -7.5, 3.25)


def test_positions_and_planes_go_there_and_back() -> None:
    link = StudyLink().with_motion(MOTION, "registration")
    assert link.linked and link.degrees == pytest.approx(
        np.degrees(np.linalg.norm((0.1, 0.2, 0.05)))
    )
    assert link.to_second(HERE) == pytest.approx((MOTION @ (*HERE, 1.0))[:3])
    assert link.from_second(link.to_second(HERE)) == pytest.approx(HERE)
    assert link.inverted.to_second(link.to_second(HERE)) == pytest.approx(HERE)
    assert (link.inverted.linked, link.inverted.source) == (True, "registration")
    scan = phantoms.head().geometry
    second = phantoms.head(directions=phantoms.rotation((5, 8, -12))).geometry
    there = link.rotation_in_second((20.0, -5.0, 12.0), scan, second)
    directions = matrix_of(there) @ plain_directions(second)
    wanted = MOTION[:3, :3] @ matrix_of((20.0, -5.0, 12.0)) @ plain_directions(scan)
    assert directions == pytest.approx(wanted, abs=1e-4)
    assert link.rotation_from_second(there, scan, second) == pytest.approx((20, -5, 12), abs=0.01)
    assert link.rotation_in_second((0.0, 0.0, 0.0), scan, second) == (0.0, 0.0, 0.0)


def test_an_offset_keeps_the_rotation_and_positions_can_be_joined() -> None:
    grid, link = phantoms.head().geometry, StudyLink().with_motion(MOTION, "registration")
    by_hand = link.with_offset(grid, (1.0, 2.0, 3.0))
    assert by_hand.offset_mm(grid) == pytest.approx((1, 2, 3))
    assert by_hand.source == "hand" and by_hand.degrees == pytest.approx(link.degrees)
    joined = link.joining(HERE, (0.0, 1.0, 2.0))
    assert joined.to_second(HERE) == pytest.approx((0, 1, 2))
    assert from_plain(to_plain(joined), StudyLink) == joined


def test_a_link_that_is_no_rigid_motion_is_refused() -> None:
    rows = to_plain(StudyLink())
    rows["rows"][0][0] = 2.0
    with pytest.raises(ValueError, match="no rigid motion"):
        from_plain(rows, StudyLink)


def _state(volume: Volume) -> StudyState:
    return StudyState(scan=volume)


@pytest.mark.parametrize(
    ("first", "second", "person", "space"),
    [
        ({"frame": "1.2"}, {"frame": "1.2"}, "unknown", "one_frame"),
        ({"frame": "1.2"}, {"frame": "1.3"}, "unknown", "another_frame"),
        (
            {"patient": "a", "frame": "1"},
            {"patient": "b", "frame": "1"},
            "another",
            "another_person",
        ),
        ({"space": SpaceCodes(4, 1)}, {"space": SpaceCodes(4, 4)}, "unknown", "one_template"),
        ({"space": SpaceCodes(4, 1)}, {"space": SpaceCodes(3, 3)}, "unknown", "unknown"),
        ({}, {}, "unknown", "unknown"),
        ({"frame": "1.2"}, {"frame": ""}, "unknown", "unknown"),
    ],
)
def test_what_headers_say(
    first: dict[str, object], second: dict[str, object], person: str, space: str
) -> None:
    one, other = phantoms.head(), phantoms.head(spacing=(1.0, 1.0, 2.0))
    two = two_studies(_state(replace(one, **first)), _state(replace(other, **second)))
    assert (two.person, two.space) == (person, space)
    assert two.link.linked is two.comparable is space.startswith("one_")


def test_the_same_grid_is_linked_and_a_common_frame_without_overlap_is_not() -> None:
    one = phantoms.head()
    assert two_studies(_state(one), _state(phantoms.head())).space == "one_grid"
    affine = one.geometry.affine.copy()
    affine[2, 3] += 500
    far = replace(one, geometry=Geometry(one.geometry.shape, affine), frame="1")
    assert two_studies(_state(replace(one, frame="1")), _state(far)).space == "apart"


def test_names_by_bids_say_of_whom_scans_are(tmp_path: Path) -> None:
    states = []
    for subject, session, spacing in (
        ("01", "1", 1.0),
        ("01", "1", 2.0),
        ("01", "2", 2.0),
        ("02", "1", 2.0),
    ):
        head = phantoms.head(spacing=(1.0, 1.0, spacing))
        path = tmp_path / f"sub-{subject}_ses-{session}_run-{len(states)}_T2w.nii.gz"
        nib.save(nib.Nifti1Image(np.asarray(head.voxels), head.geometry.affine), path)
        listing = run(formats.scan([path]))
        series = listing.series[0]
        origin = Origin((path,), series, 0, listing)
        states.append(StudyState(scan=run(series.read(0)), origin=origin, sources=(path,)))
    found = [two_studies(states[0], other) for other in states[1:]]
    assert [two.person for two in found] == ["same", "same", "another"]
    assert [two.space for two in found] == ["one_session", "unknown", "another_person"]
