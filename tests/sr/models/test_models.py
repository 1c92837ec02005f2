"""The model that is used where none is named."""

import subprocess
import sys

import pytest

from srviewer.nn.devices.processors import present_devices
from srviewer.sr.models.available_models import available_models, default_model, find_model
from srviewer.sr.models.devices import device_choices, has_gpu
from srviewer.sr.models.texture_pairs import texture_pair


def test_a_gpu_is_found_without_torch_wherever_torch_finds_one() -> None:
    assert has_gpu() == (present_devices()[0] != "cpu")


def test_looking_for_a_gpu_does_not_load_torch() -> None:
    asked = (
        "import sys, srviewer.sr.models.devices as d; d.has_gpu(); print('torch' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True
    ).stdout
    assert said.strip() == "False"


@pytest.mark.parametrize("device", device_choices())
def test_a_default_model_ships_with_its_sharper_pair(device: str) -> None:
    name = default_model(device)
    assert name in {card.name for card in available_models()}
    assert texture_pair(name) is not None


def test_the_larger_model_is_for_gpus() -> None:
    on_cpu, on_gpu = find_model(default_model("cpu")), find_model(default_model("cuda"))
    assert on_gpu.parameters > on_cpu.parameters
    assert on_cpu.parameters <= 300_000
    assert on_gpu.factors == on_cpu.factors
