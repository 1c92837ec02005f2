"""The models that ship, among which the automatic choice is made."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from srviewer.nn.devices.processors import present_devices
from srviewer.paths import resource
from srviewer.sr.models.available_models import DEFAULT_ON_GPU, find_card, find_model
from srviewer.sr.models.devices import auto_device, has_gpu
from srviewer.sr.models.shipped_models import SHIPPED, ShippedModel
from srviewer.sr.models.texture_pairs import texture_pair

EVERY_SHIPPED = pytest.mark.parametrize("row", SHIPPED, ids=lambda row: row.name)


def test_a_gpu_is_found_without_torch_wherever_torch_finds_one() -> None:
    assert has_gpu() == (present_devices()[0] != "cpu")
    assert auto_device() == present_devices()[0]


def test_looking_for_a_gpu_does_not_load_torch() -> None:
    asked = (
        "import sys, srviewer.sr.models.devices as d; d.has_gpu(); print('torch' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True
    ).stdout
    assert said.strip() == "False"


@EVERY_SHIPPED
def test_a_model_that_is_taken_by_itself_has_its_sharper_pair(row: ShippedModel) -> None:
    taken = row.gain_calibrated or row.name == DEFAULT_ON_GPU
    assert not taken or texture_pair(row.name) is not None


@EVERY_SHIPPED
def test_the_table_says_whether_the_gain_is_calibrated(row: ShippedModel) -> None:
    known = json.loads(Path(resource("expected_gain.json")).read_text())["models"]
    calibrated = {model["sha256"] for model in known}
    assert row.gain_calibrated == (find_model(row.name).sha256 in calibrated)


def test_models_stand_in_the_order_of_their_gain_and_of_their_size() -> None:
    cards = [find_card(row.name) for row in SHIPPED]
    for first, second in pairwise(cards):
        assert first.parameters < second.parameters
        for factor, gain in first.mean_gains.items():
            assert gain < second.mean_gains[factor]
        assert first.factors == second.factors
    assert cards[0].parameters <= 300_000
