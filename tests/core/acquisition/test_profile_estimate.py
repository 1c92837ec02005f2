"""The estimate of the slice profile on a real head whose profile is known."""

from pathlib import Path

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.profile_estimate import ProfileEstimate, estimated_profile
from srviewer.core.acquisition.slice_profiles import Profile, profile_variance
from srviewer.core.volumes.volume import Volume
from srviewer.core.volumes.voxel_sources import ArrayVoxels, kept
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.paths import resource


@pytest.fixture(scope="module")
def person() -> Volume:
    return run(read(Path(resource("sample/t2_brain_100_truth.nii.gz"))))


def _estimate(thin: Volume, profile: Profile, width: float, **known: float) -> ProfileEstimate:
    thick = Degradation(2, 4, profile, width).thick_volume(thin)
    job = estimated_profile(kept(thick).voxels, 2, thick.geometry.spacing, **known)
    return run(job)


@pytest.mark.parametrize(("profile", "width"), [("gaussian", 1.0), ("gaussian", 1.3), ("slr", 1.3)])
def test_wide_profiles_are_estimated_by_their_variance(
    profile: Profile, width: float, person: Volume
) -> None:
    estimate = _estimate(person, profile, width)
    assert estimate.variance == pytest.approx(profile_variance(profile, width, 4.0), abs=0.03)
    assert estimate.profile == "gaussian" and not estimate.reason
    assert estimate.thickness == pytest.approx((estimate.variance / 0.1766) ** 0.5, abs=0.02)
    assert "wide as the spacing" in estimate.text


@pytest.mark.parametrize("width", [0.8, 1.0])
def test_a_box_stays_one(width: float, person: Volume) -> None:
    estimate = _estimate(person, "box", width)
    assert estimate.profile == "box" and estimate.thickness == 1.0
    assert "not certain" in estimate.reason and estimate.reason in estimate.text


def test_of_a_known_thickness_the_shape_is_estimated(person: Volume) -> None:
    estimate = _estimate(person, "gaussian", 1.0, thickness=1.0)
    assert (estimate.profile, estimate.thickness) == ("gaussian", 1.0)
    assert _estimate(person, "box", 1.3, thickness=1.3).profile == "box"


@pytest.mark.parametrize(
    ("shape", "spacing", "reason"),
    [
        ((60, 60, 5), (1, 1, 4), "only 5 slices"),
        ((60, 30, 12), (1, 1, 4), "too small"),
        ((60, 60, 12), (1, 1, 2), "2.5 times"),
        ((60, 60, 12), (1, 1, 4), "no detail"),
    ],
)
def test_what_cannot_say_its_profile_says_why(
    shape: tuple[int, int, int], spacing: tuple[float, ...], reason: str
) -> None:
    air = ArrayVoxels(shape, np.zeros(shape, np.float32))
    estimate = run(estimated_profile(air, 2, spacing))
    assert estimate.profile == "box" and reason in estimate.text and estimate.confidence == 0


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_values_of_any_size_give_the_same(scale: float, person: Volume) -> None:
    scaled = person.derived(person.voxels * np.float32(scale), person.geometry, "in another unit")
    plain, other = (_estimate(volume, "gaussian", 1.3) for volume in (person, scaled))
    assert other.variance == pytest.approx(plain.variance, rel=1e-3)
