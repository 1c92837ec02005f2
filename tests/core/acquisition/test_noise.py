"""The noise of a scan, told from the scan alone."""

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.noise import noise_level
from srviewer.core.volumes.volume import Volume


@pytest.mark.parametrize("share", [0.03, 0.06, 0.1])
def test_added_noise_is_found(share: float, head: Volume) -> None:
    noisy = Degradation(2, 2, noise=share).thick_volume(head)
    assert noise_level(noisy.voxels, 2) == pytest.approx(share, rel=0.25)


def test_a_clean_scan_has_little(head: Volume) -> None:
    assert noise_level(head.voxels, 2) < 0.025
    assert noise_level(np.zeros((8, 8, 8), np.float32), 1) == 0
