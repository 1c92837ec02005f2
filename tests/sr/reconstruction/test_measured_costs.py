"""Conditions that lower the gain are named before a run, with their measured cost."""

from dataclasses import replace

import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.body_part import other_body_part
from srviewer.sr.reconstruction.cautions import cautions
from srviewer.sr.reconstruction.measured_costs import costs
from srviewer.sr.requests.request import Request

FOUR = Request(2, 4)


@pytest.fixture(scope="module")
def scan() -> Volume:
    return Degradation(2, 4).thick_volume(phantoms.head((80, 96, 96)))


def test_a_clean_head_costs_nothing(scan: Volume) -> None:
    assert cautions(scan, FOUR, find_model("fast")) == ()


@pytest.mark.parametrize(("thickness", "said"), [(2.0, True), (2.8, True), (2.9, False)])
def test_gaps_from_thirty_percent_on_are_told(thickness: float, said: bool, scan: Volume) -> None:
    lines = cautions(replace(scan, slice_thickness=thickness), FOUR, find_model("fast"))
    assert [line.startswith("Gaps of") for line in lines] == [True] * said
    assert bool(costs(scan, replace(FOUR, thickness_mm=thickness), 0.0)) == said


@pytest.mark.parametrize(("share", "said"), [(0.0, False), (0.03, True), (0.05, True)])
def test_noise_is_told(share: float, said: bool) -> None:
    scan = Degradation(2, 4, noise=share).thick_volume(phantoms.head((80, 96, 96)))
    lines = cautions(scan, FOUR, find_model("fast"))
    assert any(line.startswith("Noise of") for line in lines) == said


def test_factors_above_six_are_told(scan: Volume) -> None:
    assert not costs(scan, Request(2, 6), 0.0)
    (line,) = costs(scan, Request(2, 8), 0.0)
    assert "factor 8" in line and "dB" in line


@pytest.mark.parametrize(
    ("name", "body_part", "expected"),
    [
        ("t2_fetal_113x113x33_a", "", "fetus"),
        ("t2star_cord_050x050x75", "", "spinal cord"),
        ("NEW HASTE CORONAL", "LIVER", "liver"),
        ("sub-01_T1w", "BRAIN", None),
        ("lspine sag", "HEAD", None),
        ("lspine sag", "", "spine"),
        ("t1_hippocampus", "", None),
        ("sub-01_T1w", "", None),
        ("records of chips", "", None),
        ("t2_hip_r", "PELVIS", "pelvis"),
    ],
)
def test_the_part_of_the_body_is_known_by_header_or_name(
    name: str, body_part: str, expected: str | None, scan: Volume
) -> None:
    named = replace(scan, name=name, body_part=body_part)
    assert other_body_part(named) == expected
    assert len(costs(named, FOUR, 0.0)) == (expected is not None)
