"""Slice profiles: widths, variances and the pulse of an SLR profile."""

import numpy as np
import pytest

from srviewer.core.acquisition.slice_profiles import (
    PROFILES,
    Profile,
    profile_taps,
    profile_variance,
)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("thickness", [0.8, 1.3])
def test_the_thickness_is_the_full_width_at_half_maximum(
    profile: Profile, thickness: float
) -> None:
    _, taps = profile_taps(profile, 200, thickness, 4.0)
    wide = np.count_nonzero(taps > taps[len(taps) // 2] / 2) / 200
    assert wide == pytest.approx(thickness, abs=0.02)


def test_a_pulse_of_many_lobes_excites_nearly_a_box() -> None:
    variances = [profile_variance("slr", 1.0, product) for product in (2.0, 4.0, 10.0, 20.0)]
    assert variances == sorted(variances, reverse=True)
    assert variances[-1] == pytest.approx(profile_variance("box", 1.0, 4.0), abs=0.003)
    assert variances[0] < profile_variance("gaussian", 1.0, 4.0)


def test_a_windowed_sinc_of_four_is_that_of_the_fourier_transform() -> None:
    """The flat part, the half maximum and the end of the edge, read off a long FFT of the pulse."""
    time = np.linspace(-0.5, 0.5, 4001)
    pulse = np.sinc(4 * time) * (0.54 + 0.46 * np.cos(2 * np.pi * time))
    spectrum = np.abs(np.fft.fft(pulse, 2**18)) / pulse.sum()
    positions = np.fft.fftfreq(2**18, time[1] - time[0]) / 4  # in bandwidths
    first, taps = profile_taps("slr", 100, 1.0, 4.0)
    middles = (np.arange(len(taps)) + first + 0.5) / 100 - 0.5
    for position in (0.0, 0.25, 0.5, 0.75):
        ours = np.interp(position, middles, taps / taps.max())
        order = np.argsort(positions)
        expected = np.interp(position, positions[order], spectrum[order] / spectrum.max())
        assert ours == pytest.approx(expected, abs=0.02)
