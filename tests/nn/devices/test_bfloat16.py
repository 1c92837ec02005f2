"""Mixed precision is for devices that are faster in it."""

import pytest
import torch

from srviewer.nn.devices.bfloat16 import is_faster_in_bfloat16


def test_gpus_are_and_other_devices_are_not() -> None:
    assert is_faster_in_bfloat16(torch.device("cuda", 0))
    assert not is_faster_in_bfloat16(torch.device("mps"))


@pytest.mark.parametrize(
    ("capabilities", "expected"), [({"amx_bf16": True}, True), ({"avx512_bf16": True}, False)]
)
def test_a_processor_is_where_it_has_matrix_units(
    capabilities: dict[str, bool], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert is_faster_in_bfloat16(torch.device("cpu")) is expected


def test_the_name_of_matrix_units_is_one_that_torch_knows() -> None:
    known = torch.cpu.get_capabilities()
    if known.get("architecture") != "x86_64":
        pytest.skip("only processors of x86 have them")
    assert "amx_bf16" in known
