"""The model that is taken by itself, and the estimated time of each."""

from dataclasses import replace

import numpy as np
import pytest

from phantoms import head
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.nn.devices.arithmetic import (
    ARITHMETIC,
    GPUS,
    Arithmetic,
    Processor,
    arithmetic_of,
    gpu,
)
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.models.time_estimate import about
from srviewer.sr.requests.automatic_model import (
    NO_INT8,
    ON_GPU,
    QUICK,
    SLOW,
    model_seconds,
    renewed,
    with_automatic_model,
)
from srviewer.sr.requests.request import Request
from srviewer.sr.requests.seen_share import seen_share

ROWS = {row.id: row for row in (*ARITHMETIC, *GPUS)}
VNNI, AMX = Processor(ROWS["avx512-vnni"], 2), Processor(ROWS["amx"], 2)
AVX2 = Processor(ROWS["avx2"], 2)
ASKED = Request(2, 4)


def scan_of(*shape: int) -> ScanHeader:
    return ScanHeader(Geometry((shape[0], shape[1], shape[2]), np.diag([1, 1, 4, 1])), "scan")


BEST = [row.name for row in SHIPPED if row.gain_calibrated][-1]
USUAL, HUGE = scan_of(256, 256, 64), scan_of(1024, 1024, 300)


@pytest.mark.parametrize(
    ("scan", "processor", "model", "reason"),
    [
        (USUAL, gpu("cuda"), "quality", ON_GPU),
        (USUAL, AVX2, "fast", NO_INT8),
        (USUAL, VNNI, BEST, QUICK),
        (HUGE, VNNI, "fast", SLOW),
    ],
)
def test_the_choice_and_its_reason(
    scan: ScanHeader, processor: Processor, model: str, reason: str
) -> None:
    chosen = with_automatic_model(scan, ASKED, processor)
    assert chosen == replace(ASKED, model=model, model_reason=reason)


def test_a_model_that_was_named_stays() -> None:
    named = replace(ASKED, model="quality")
    assert renewed(USUAL, named, ASKED) == named
    assert renewed(None, replace(named, model_reason=SLOW), None).model == "quality"
    automatic = replace(named, device="cpu", model_reason=ON_GPU)
    taken = with_automatic_model(USUAL, automatic).model
    assert taken != "quality" and renewed(USUAL, automatic, None).model == taken
    assert renewed(USUAL, automatic, replace(automatic, texture=0.1)).model == taken
    for other in (replace(automatic, model="mine"), replace(automatic, model=taken)):
        assert renewed(USUAL, other, automatic) == replace(other, model_reason="")
    mine = replace(automatic, model="mine")
    assert renewed(USUAL, mine, None) == replace(mine, model_reason="")


# docs/performance.md: the whole command on a ball of 256 x 256 x 64 voxels, two cores, factor 4.
@pytest.mark.parametrize(
    ("processor", "model", "precision", "seconds"),
    [
        (VNNI, "fast", "auto", 5.7),
        (VNNI, "quality", "auto", 42.5),
        (VNNI, "fast", "float32", 12.7),
        (VNNI, "quality", "float32", 121.0),
        (AMX, "fast", "auto", 7.8),
        (AMX, "quality", "auto", 29.6),
        (AMX, "quality", "float32", 140.6),
    ],
)
def test_the_estimate_agrees_with_what_was_measured(
    processor: Processor, model: str, precision: str, seconds: float
) -> None:
    radius = np.linalg.norm(
        (np.indices((256, 256, 64)).T - (127.5, 127.5, 31.5)) / (115, 115, 29), axis=-1
    ).T
    ball = Volume(np.float32(800 * (radius < 1)), USUAL.geometry, "ball")
    estimate = model_seconds(ball, replace(ASKED, precision=precision), model, processor)
    assert estimate == pytest.approx(seconds, rel=0.25)


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        ({"flips": True}, 3.0, 4.1),
        ({"thickness_mm": 2.0}, 1.7, 2.1),
        ({"texture": 0.5}, 1.7, 2.1),
        ({"precision": "float32"}, 2.0, 3.0),
        ({"factor": 8}, 0.9, 1.3),
    ],
)
def test_settings_change_the_estimate(change: dict[str, object], least: float, most: float) -> None:
    plain = model_seconds(USUAL, ASKED, "quality", VNNI)
    changed = model_seconds(USUAL, replace(ASKED, **change), "quality", VNNI)
    assert plain is not None and changed is not None
    assert least < changed / plain < most


def test_there_is_no_estimate_without_a_network() -> None:
    assert model_seconds(USUAL, replace(ASKED, method="cubic"), "fast", VNNI) is None
    assert model_seconds(USUAL, replace(ASKED, factor=7), "fast", VNNI) is None


def test_a_larger_model_takes_longer_on_every_processor() -> None:
    for row in ROWS.values():
        times = [model_seconds(USUAL, ASKED, m.name, Processor(row, 2)) for m in SHIPPED]
        assert None not in times and times == sorted(times)  # type: ignore[type-var]


def test_air_is_left_out() -> None:
    thin = head((96, 96, 96))
    voxels = np.pad(thin.voxels, ((96, 96), (96, 96), (0, 0)))
    wide = Volume(voxels, Geometry(voxels.shape, np.eye(4)), "wide")
    assert 0.06 < seen_share(wide, 2, 0.02, 10) < 0.3
    assert 0.25 < seen_share(wide, 2, 0.02, 400) < 0.35  # whole slices, where there is a head
    empty = Volume(np.zeros((8, 8, 8), np.float32), Geometry((8, 8, 8), np.eye(4)), "empty")
    assert seen_share(empty, 0, 0.02, 10) == 0.0


@pytest.mark.parametrize(
    ("flags", "machine", "row"),
    [
        ({"avx2", "avx512f", "avx512_vnni"}, "x86_64", "avx512-vnni"),
        ({"avx2", "avx512f", "avx512_vnni", "amx_tile", "amx_int8"}, "x86_64", "amx"),
        ({"avx2", "avx_vnni"}, "AMD64", "avx2-vnni"),
        ({"avx2", "avx512f"}, "x86_64", "avx512"),
        ({"avx2"}, "x86_64", "avx2"),
        (set(), "x86_64", "other"),
        ({"asimd"}, "arm64", "neon"),
    ],
)
def test_processors_are_known_by_their_instructions(
    flags: set[str], machine: str, row: str
) -> None:
    found: Arithmetic = arithmetic_of(frozenset(flags), machine)
    assert found == ROWS[row]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (7.4, "about 7 s"), (42.0, "about 40 s"), (121, "about 2 min")],
)
def test_estimates_are_shown_as_exact_as_they_are(seconds: float, words: str) -> None:
    assert about(seconds) == words
    assert about(4 * 3600) == "about 4 h"


@pytest.mark.parametrize(
    "change",
    [{"time_bandwidth": 0.0, "profile": "slr"}, {"thickness_mm": 400.0}, {"factor": 1}],
)
def test_what_cannot_be_is_left_to_the_checks_of_requests(change: dict[str, object]) -> None:
    """The choice comes before them, and raises nothing."""
    assert with_automatic_model(USUAL, replace(ASKED, **change), VNNI).model


def test_where_no_model_is_needed_the_choice_and_its_reason_stay() -> None:
    automatic = with_automatic_model(USUAL, ASKED, VNNI)
    cubic = replace(automatic, method="cubic")
    assert renewed(HUGE, cubic, automatic) == cubic
    assert with_automatic_model(USUAL, cubic, VNNI).model_reason == QUICK
