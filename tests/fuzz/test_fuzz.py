"""A short run of the fuzzer: every damaged file is opened or refused in our own words."""

from pathlib import Path

import pytest

from tests.fuzz.engine import Tally, attempt
from tests.fuzz.targets import targets

INPUTS = 150


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.id)
def test_every_outcome_is_ours(target, tmp_path: Path) -> None:
    for name, content in target.beside.items():
        (tmp_path / name).write_bytes(content)
    tally = Tally()
    for seed in range(INPUTS):
        attempt(target, seed, tmp_path, tally)
    assert tally.findings == []
    assert tally.opened > 0 and tally.refused > 0
