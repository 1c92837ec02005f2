"""What messages on faults between slices advise."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slice_faults.bad_slices import BadSlice
from srviewer.core.slice_faults.faults import SliceFaults
from srviewer.core.slice_faults.warnings import FAULT_CODES, slice_fault_warnings, without_repair


def test_where_nothing_can_be_repaired_it_is_not_advised() -> None:
    faults = SliceFaults(2, (2.0, 0.0), 1.2, (BadSlice(3, "dark"),))
    warnings = slice_fault_warnings(faults, Geometry((20, 20, 9), np.diag((1.0, 1.0, 4.0, 1.0))))
    assert tuple(warning.code for warning in warnings) == FAULT_CODES
    for warning in warnings:
        alone = without_repair(warning.message)
        assert "repairing '" in warning.message and "repair" not in alone
        assert warning.message.startswith(alone[:-1]) and alone.endswith(".")
    assert without_repair("Tilted; nothing to do.") == "Tilted; nothing to do."
