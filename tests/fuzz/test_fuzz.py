"""A short run of the fuzzer: every damaged file is opened or refused in our own words."""

from pathlib import Path

import pytest

from tests.fuzz.engine import Tally, attempt
from tests.fuzz.targets import targets

INPUTS = 150


@pytest.mark.filterwarnings("ignore:Extension size is not a multiple of 16")  # of nibabel
@pytest.mark.parametrize("target", targets(), ids=lambda target: target.id)
def test_every_outcome_is_ours(target, tmp_path: Path) -> None:
    for name, content in target.beside.items():
        (tmp_path / name).write_bytes(content)
    tally = Tally()
    for seed in range(INPUTS):
        attempt(target, seed, tmp_path, tally)
    assert tally.findings == []
    assert tally.inputs == INPUTS
    # A damaged slice may be left out, and the others open.
    assert tally.refused > 0 or target.beside
    # Most of pydicom's odd files hold a single slice, which is no volume, and nearly every change
    # to the text of a session makes it no JSON.
    assert tally.opened > 0 or target.id in ("dicom odd", "session")
