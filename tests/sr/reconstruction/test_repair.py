"""Scans with faults between slices, repaired before they are reconstructed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phantoms
from slices_at_fault import Spoil, banded, moved, scaled, spoilt
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import Mask, psnr
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.batch.settings import Settings
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.reconstruction.repair import repaired
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.request import Repair, Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.results.unscored import unscored
from srviewer.sr.slabs.slab_wise import unstreamable

FACTOR, BAD = 4, 13
CUBIC = Request(2, FACTOR, "cubic", device="cpu")
HELD = replace(CUBIC, method="back-projected")


@pytest.fixture(scope="module")
def thin() -> Volume:
    return phantoms.head((64, 72, 112))


@pytest.fixture(scope="module")
def clean(thin: Volume) -> Volume:
    return Degradation(2, FACTOR).thick_volume(thin)


def made(scan: Volume, repair: tuple[Repair, ...] = (), **settings: Any) -> Reconstruction:
    return run(reconstruct_scan(scan, replace(HELD, repair=repair, **settings)))


def score(thin: Volume, voxels: Voxels, seen: Mask | None = None) -> float:
    found = volume_intensity(thin)
    mask = found.foreground(thin.voxels) if seen is None else seen
    value = psnr(thin.voxels, voxels, found.range, mask)
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("spoil", "repair"),
    [
        (moved((2, 0)), ("motion",)),
        (moved((1.4, -0.6)), ("motion",)),
        (banded(1.1), ("brightness",)),
        (banded(0.8), ("brightness",)),
    ],
)
def test_a_repaired_scan_is_nearly_as_good_as_a_clean_one(
    spoil: Spoil, repair: tuple[Repair, ...], thin: Volume, clean: Volume
) -> None:
    scan = spoilt(clean, 2, spoil)
    best = score(thin, made(clean).volume.voxels)
    result = made(scan, repair)
    assert score(thin, made(scan).volume.voxels) < best - 1
    assert score(thin, result.volume.voxels) > best - 0.3
    assert result.repaired == repair == tuple(result.provenance()["repaired"])
    assert "repaired" in " ".join(result.volume.history)
    # The agreement says which scan it is with.
    (line,) = (line for line in result.warnings if line.startswith("The agreement is with"))
    assert ("corrected scan" in line) == (repair == ("motion",))


def test_brightness_is_restored_for_the_agreement(clean: Volume) -> None:
    scan = spoilt(clean, 2, banded(1.25))
    result = made(scan, ("brightness",))
    again = Degradation(2, FACTOR).apply(result.volume.voxels)
    ratio = run(repaired(scan, ("brightness",))).faults.ratio
    again[:, :, 1::2] *= np.float32(ratio)
    np.testing.assert_allclose(result.residual.voxels, again - scan.voxels, atol=1e-2)
    assert result.consistency.max < 0.01


@pytest.mark.parametrize("number", [0, 4, 8])
@pytest.mark.parametrize("options", [{}, {"also": ((0, 2),)}])
def test_a_bad_slice_is_left_out_as_a_gap(
    number: int, options: dict[str, Any], thin: Volume, clean: Volume
) -> None:
    # Without the ends of the head, a bad first slice shows.
    start, stop = 11 * FACTOR, 20 * FACTOR
    geometry = thin.geometry.cropped(2, start, stop)
    thin = replace(thin, voxels=thin.voxels[:, :, start:stop], geometry=geometry)
    clean = Degradation(2, FACTOR).thick_volume(thin)
    scan = spoilt(clean, 2, scaled(number, 0))
    result = made(scan, ("slices",), **options)
    own = slice(number * FACTOR, (number + 1) * FACTOR)
    assert result.volume.geometry.shape[2] == 4 * clean.geometry.shape[2]
    assert (result.volume.voxels[:, :, own] == scan.voxels.min()).all()
    assert (result.residual.voxels[:, :, number] == 0).all() and result.consistency.max < 0.01
    assert any(f"slices {number + 1} (from 1)" in line for line in result.warnings)
    if not options:
        seen = volume_intensity(thin).foreground(thin.voxels)
        seen[:, :, own] = False
        best = score(thin, made(clean).volume.voxels, seen)
        assert score(thin, result.volume.voxels, seen) > best - 1.0


def test_nothing_is_done_where_no_fault_is_seen(clean: Volume) -> None:
    result = made(clean, ("brightness", "motion", "slices"))
    np.testing.assert_array_equal(result.volume.voxels, made(clean).volume.voxels)
    assert result.repaired == () and result.provenance()["repaired"] == []
    assert "Nothing to repair was seen of: brightness, motion, slices." in result.warnings


def test_only_what_is_asked_for_is_repaired(clean: Volume) -> None:
    scan = spoilt(spoilt(clean, 2, banded(1.2)), 2, moved((2, 0)))
    assert run(repaired(scan, ("motion",))).done == ("motion",)
    both = run(repaired(scan, ("brightness", "motion")))
    assert both.done == ("brightness", "motion")
    inner = (slice(8, -8), slice(8, -8), slice(3, -3))
    apart = np.abs(both.scan.voxels - clean.voxels)[inner].mean()
    assert apart < 0.02 * volume_intensity(clean).range
    assert both.measured is scan and not scan.warnings


def test_padding_stays_padding_where_slices_move(clean: Volume) -> None:
    corner = np.zeros(clean.voxels.shape, bool)
    corner[:6, :6] = True
    voxels = np.where(corner, np.float32(-2000), clean.voxels)
    scan = replace(clean, voxels=voxels, padding=-2000.0)
    done = run(repaired(spoilt(scan, 2, _rolled), ("motion",)))
    assert done.done == ("motion",)
    np.testing.assert_array_equal(done.scan.padded[:20, :20], corner[:20, :20])


def _rolled(slices: Voxels) -> None:
    slices[1::2] = np.roll(slices[1::2], 2, axis=1)
    slices[1::2, :2] = slices[1::2, 2:3]


@pytest.mark.parametrize(
    ("spoil", "repair"),
    [(moved((2, 0)), "motion"), (banded(1.2), "brightness"), (scaled(BAD, 0), "slices")],
)
def test_a_repaired_result_is_restored_with_its_agreement(
    spoil: Spoil, repair: Repair, clean: Volume, tmp_path: Path
) -> None:
    file, image = tmp_path / "scan.nii.gz", tmp_path / "thin.nii.gz"
    run(write_image(spoilt(clean, 2, spoil), file, {}))
    scan = run(read(file))
    result = made(scan, (repair,))
    run(write_image(result.volume, image, unscored(result, scan, None)))
    back = run(restored(scan, image, {}))
    assert back.repaired == (repair,) and back.request.repair == (repair,)
    assert back.consistency.rms == pytest.approx(result.consistency.rms, abs=1e-4)
    np.testing.assert_allclose(back.volume.voxels, result.volume.voxels, atol=1e-2)


def test_a_repair_is_not_done_slab_by_slab_and_records_without_one_stay_valid(
    clean: Volume,
) -> None:
    asked = replace(CUBIC, repair=("motion",))
    assert unstreamable(asked) == ("repair of faults between slices",)
    plain, other = (Settings(one, None, None, "float32", False) for one in (CUBIC, asked))
    assert "repair" not in plain.fingerprint() != other.fingerprint()


def test_a_scan_with_gaps_gets_one_more(clean: Volume) -> None:
    places = tuple(None if n == 5 else 4.0 * n for n in range(clean.geometry.shape[2]))
    scan = replace(spoilt(clean, 2, scaled(11, 0)), planes=Planes(2, places))
    result = made(scan, ("slices",))
    assert (result.volume.voxels[:, :, 44:48] == 0).all() and result.repaired == ("slices",)
    with pytest.raises(UserError, match="locked region"):
        run(reconstruct_scan(scan, replace(HELD, repair=("slices",)), clean))
