"""Results whose JSON does not say what they were made from are held to their agreement."""

from pathlib import Path

import pytest

from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.volumes.volume import Volume
from srviewer.sr.references.same_scan import AnotherScan, check_agreement

MEASURED = Consistency(rms=0.001, max=0.002)
IMAGE = Path("result.nii.gz")


@pytest.mark.parametrize("rms", [10**400, -(10**400), float("nan"), "0.001", True, None, [], {}])
def test_an_agreement_that_is_no_number_agrees_with_nothing(
    rms: object, thick_head: Volume
) -> None:
    document = {"provenance": {"consistency": {"rms": rms}}}
    with pytest.raises(AnotherScan, match="is not the scan that"):
        check_agreement(thick_head, MEASURED, document, IMAGE)


def test_as_well_as_when_it_was_made_is_well_enough(thick_head: Volume) -> None:
    check_agreement(thick_head, MEASURED, {"provenance": {"consistency": {"rms": 0.0009}}}, IMAGE)
    with pytest.raises(AnotherScan):
        check_agreement(thick_head, Consistency(0.1, 0.2), {"provenance": {}}, IMAGE)
