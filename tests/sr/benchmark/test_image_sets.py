"""The benchmark of 2D images: the published anchors, its rows, the paper's numbers."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from srviewer.core.scores.bicubic import resized
from srviewer.core.scores.image_scores import cropped, in_eight_bits, protocol, score, shrunk
from srviewer.errors import UserError
from srviewer.io.images import read_image
from srviewer.job import run
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.model_file import Model, save_model
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.plans.presets import training_plan
from srviewer.sr.benchmark.image_sets import BenchmarkResult, benchmark_images
from srviewer.sr.benchmark.paper import PAPER_FIGURES, PAPER_TABLES, is_impossible
from srviewer.sr.training.log import loss_curves

# Bicubic PSNR in dB as the field prints it (y) and as the paper measures (rgb).
ANCHORS = {("rgb", 2): 31.79, ("rgb", 4): 26.70, ("y", 2): 33.67, ("y", 4): 28.43}


@pytest.fixture(scope="session")
def set5(shared_data: Path) -> Path:
    folder = shared_data / "images2d" / "Set5"
    if not folder.is_dir():
        pytest.skip("needs the images of Set5, which are absent")
    return folder


@pytest.fixture(scope="session")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two textured pictures whose sizes are no multiples of the scales."""
    folder = tmp_path_factory.mktemp("sets") / "Small"
    folder.mkdir()
    for number, (rows, columns) in enumerate([(61, 83), (74, 50)]):
        row, column, channel = np.mgrid[:rows, :columns, :3]
        values = np.sin(row * (0.3 + 0.1 * number)) * np.cos(column * 0.45 + channel)
        pixels = ((0.5 + 0.4 * values) * 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def save_image_model(path: Path, preset: str, factors: tuple[int, ...], channels: int = 3) -> Path:
    """An untrained small network, so that it differs from the bicubic that it starts from."""
    torch.manual_seed(3)
    plan = training_plan(preset).in_layout("image").with_factors(factors)
    plan = replace(plan, channels=channels, width=8, blocks=1, inner=min(plan.inner, 4))
    spec = network_spec(plan.network)
    network = spec.build(plan.shape)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.03)
    save_model(Model(path.stem, spec, dict(weights_of(network)), plan), path)
    return path


def measured(
    folder: Path, scales: tuple[int, ...] = (2,), models: tuple[str, ...] = (), name: str = "rgb"
) -> BenchmarkResult:
    return run(benchmark_images([folder], scales, models, protocol(name), "cpu"))


@pytest.mark.parametrize("name", ["rgb", "y"])
def test_bicubic_on_set5_is_what_the_field_prints(set5: Path, name: str) -> None:
    rows = measured(set5, (2, 4), name=name).rows
    for row in rows:
        assert row.psnr == pytest.approx(ANCHORS[name, row.scale], abs=0.1)
        assert (row.set, row.images, row.model) == ("Set5", 5, "bicubic")


def test_published_ssim_of_bicubic_on_set5(set5: Path) -> None:
    """0.9299 and 0.8104 (Dong et al. 2014 and later), luma with MATLAB's SSIM."""
    two, four = measured(set5, (2, 4), name="y").rows
    assert two.ssim == pytest.approx(0.9299, abs=0.001)
    assert four.ssim == pytest.approx(0.8104, abs=0.001)


def test_a_row_is_the_mean_over_its_images(small_set: Path) -> None:
    (row,) = measured(small_set, (4,)).rows
    scores = []
    for path in sorted(small_set.iterdir()):
        truth = cropped(read_image(path), 4)
        large = in_eight_bits(resized(shrunk(truth, 4), 4))
        scores.append(score(truth, large, 4, protocol("rgb")))
    assert row.psnr == pytest.approx(np.mean([one.psnr for one in scores]))
    assert row.ssim == pytest.approx(np.mean([one.ssim for one in scores]))
    assert row.images == 2 and 0 < row.seconds < 5


def test_a_model_has_rows_where_it_was_trained(small_set: Path, tmp_path: Path) -> None:
    two = save_image_model(tmp_path / "two.safetensors", "srcnn", (2,))
    both = save_image_model(tmp_path / "both.safetensors", "esrgan", (2, 4), channels=1)
    result = measured(small_set, (2, 4), (str(two), str(both), "bicubic"))
    assert [(row.scale, row.model, row.preset) for row in result.rows] == [
        (2, "bicubic", "bicubic"),
        (2, "two", "srcnn"),
        (2, "both", "esrgan"),
        (4, "bicubic", "bicubic"),
        (4, "both", "esrgan"),
    ]
    assert len({round(row.psnr, 6) for row in result.rows}) == 5
    assert result.device == "cpu" and all(row.seconds > 0 for row in result.rows)


def test_progress_never_goes_back(small_set: Path, tmp_path: Path) -> None:
    model = save_image_model(tmp_path / "two.safetensors", "srcnn", (2, 3))
    steps: list[float] = []
    job = benchmark_images([small_set], (2, 3), (str(model),), protocol("y"), "cpu")
    run(job, lambda step: steps.append(step.fraction))
    assert len(steps) >= 8 and steps[-1] <= 1
    assert all(one <= other for one, other in pairwise(steps))


def test_what_cannot_be_measured_is_said(small_set: Path, tmp_path: Path) -> None:
    def refused(message: str, scales: tuple[int, ...], *models: str, folder: Path) -> None:
        with pytest.raises(UserError, match=message):
            measured(folder, scales, models)

    refused("whole numbers from 2 on", (1,), folder=small_set)
    refused("whole numbers from 2 on", (), folder=small_set)
    refused("holds no image", (2,), folder=tmp_path)
    refused("one axis; it cannot enlarge images", (2,), "fast", folder=small_set)
    refused("no model 'nobody'", (2,), "nobody", folder=small_set)
    two = str(save_image_model(tmp_path / "two.safetensors", "srcnn", (2,)))
    refused("enlarges by 2, and by none", (3, 4), two, folder=small_set)
    refused("More than one model is called two", (2,), two, two, folder=small_set)
    refused("too small to be scored", (2,), folder=tiny_set(tmp_path, 8))
    refused("smaller than the scale", (16,), folder=tiny_set(tmp_path, 8))
    with pytest.raises(UserError, match="More than one folder is called Small"):
        run(benchmark_images([small_set, small_set], (2,), (), protocol("rgb"), "cpu"))


def tiny_set(tmp_path: Path, side: int) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir(exist_ok=True)
    Image.fromarray(np.zeros((side, side, 3), np.uint8)).save(folder / "a.png")
    return folder


def test_the_paper_s_anchor_is_ours(set5: Path) -> None:
    """That its bicubic is ours to 0.3 dB is why its protocol is read as rgb."""
    table2 = PAPER_TABLES[1]
    for row in measured(set5, (2, 4)).rows:
        printed = table2.printed("psnr", (row.set, row.scale), "bicubic")
        assert row.psnr == pytest.approx(printed, abs=0.3)


def test_the_paper_s_tables_are_whole() -> None:
    assert [table.number for table in PAPER_TABLES] == [1, 2, 3, 4, 5]
    for table in PAPER_TABLES:
        for values in filter(None, (table.psnr, table.ssim)):
            assert tuple(values) == table.places
            assert {len(row) for row in values.values()} == {len(table.models)}
    known = {preset for table in PAPER_TABLES for preset, _ in table.models}
    known |= {preset for figure in PAPER_FIGURES for preset in figure.presets}
    for preset in known - {"bicubic"}:
        assert training_plan(preset).preset == preset


def test_the_impossible_values_are_the_two_of_table_3() -> None:
    impossible = [
        (table.number, place, table.models[n][0])
        for table in PAPER_TABLES
        for place, row in table.ssim.items()
        for n, value in enumerate(row)
        if is_impossible("ssim", value)
    ]
    assert impossible == [(3, ("Set5", 2), "ours-l1"), (3, ("Set14", 2), "ours-l1")]


# What the text says each model improves, in percent, by (table, scale): PSNR, SSIM.
CLAIMED = {
    (4, 2): (0.61, 5.48), (4, 3): (0.095, 7.33), (4, 4): (0.14, 11.37),
    (5, 2): (0.108, 6.05), (5, 3): (0.68, 8.45), (5, 4): (0.28, 3.8),
}  # fmt: skip
LOSSES = {(4, 2, "ssim"), (4, 3, "ssim"), (5, 2, "psnr"), (5, 2, "ssim"), (5, 3, "psnr")} | {
    (5, 3, "ssim"),
    (5, 4, "ssim"),
}


def test_seven_of_the_claimed_improvements_are_losses() -> None:
    """The notes of tables 4 and 5; that every size comes out also checks the copied numbers."""
    found = set()
    for (number, scale), claims in CLAIMED.items():
        table = PAPER_TABLES[number - 1]
        for metric, values, claim in zip(
            ("psnr", "ssim"), (table.psnr, table.ssim), claims, strict=True
        ):
            gains = [new / old - 1 for (_, at), (old, new) in values.items() if at == scale]
            percent = 100 * float(np.mean(gains))
            assert abs(percent) == pytest.approx(claim, abs=0.006)
            if percent < 0:
                found.add((number, scale, metric))
    assert found == LOSSES


def test_a_log_becomes_curves(tmp_path: Path) -> None:
    """The last line was cut short by a crash."""
    log = tmp_path / "srgan.log.jsonl"
    log.write_text(
        '{"step": 10, "losses": {"l1": 0.5, "adversarial": -0.1}}\n'
        '{"event": "checkpoint"}\n'
        '{"step": 20, "losses": {"l1": 0.25, "adversarial": NaN}}\n'
        '{"step": 30, "loss'
    )
    curves = loss_curves(log)
    assert curves.name == "srgan"
    assert curves.terms == {"l1": ([10, 20], [0.5, 0.25]), "adversarial": ([10], [-0.1])}


@pytest.mark.parametrize("content", [b"no json", b"{}\n", b"[1]\n", b"\xff\xfe\x00", None])
def test_what_is_no_log_is_said(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "a.log.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.log\.jsonl"):
        loss_curves(path)
