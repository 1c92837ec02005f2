"""srviewer benchmark images: its tables, JSON and figures on real image files."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from children import output
from cli.conftest import Call
from srviewer.__main__ import main
from srviewer.cli.console.paper_tables import paper_tables
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.model_file import Model, save_model
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.plans.presets import training_plan
from srviewer.sr.benchmark.image_sets import BenchmarkRow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture in a folder that is called like a set of the paper's."""
    place = tmp_path_factory.mktemp("sets") / "Set5"
    place.mkdir()
    row, column, channel = np.mgrid[:64, :80, :3]
    values = 0.5 + 0.4 * np.sin(row / 4 + channel) * np.cos(column / 3)
    Image.fromarray((values * 255).astype(np.uint8)).save(place / "a.png")
    return place


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small FSRCNN for images, by chance weights."""
    torch.manual_seed(5)
    plan = replace(training_plan("fsrcnn").in_layout("image"), width=8, blocks=1, inner=4)
    spec = network_spec(plan.network)
    network = spec.build(plan.shape)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    path = tmp_path_factory.mktemp("models") / "mine.safetensors"
    save_model(Model("mine", spec, dict(weights_of(network)), plan), path)
    return path


def test_json_has_the_rows(folder: Path, model: Path, call: Call) -> None:
    status, said = call("benchmark", "images", folder, "--scales", "2,3", "--models", model)
    assert status == 0 and said["protocol"] == "rgb" and said["figures"] == []
    assert [(row["set"], row["scale"], row["model"]) for row in said["rows"]] == [
        ("Set5", 2, "bicubic"),
        ("Set5", 2, "mine"),
        ("Set5", 3, "bicubic"),
        ("Set5", 3, "mine"),
    ]
    assert {"psnr", "ssim", "seconds", "preset"} <= set(said["rows"][0])
    luma = call("benchmark", "images", folder, "--scales", "2", "--protocol", "y")[1]
    assert luma["protocol"] == "y" and luma["rows"][0]["psnr"] != said["rows"][0]["psnr"]


def test_the_tables_state_protocol_data_and_difference(
    folder: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["benchmark", "images", str(folder), "--models", str(model)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Protocol rgb: RGB, whole image, 8 bit")
    assert "Data: Set5 (1 image). Networks ran on: cpu" in text
    assert "Research use only" in text and "Table 2." in text and "Table 3." in text
    head, ours, paper, difference = (
        line.split() for line in text.partition("Table 2.")[2].splitlines()[1:5]
    )
    assert head[-2:] == ["Bicubic", "FSRCNN"] and ours[:3] == ["Set5", "x2", "ours"]
    assert paper == ["paper", "31.753", "33.296"]
    for own, printed, apart in zip(ours[3:], paper[1:], difference[1:], strict=True):
        assert float(apart) == pytest.approx(float(own) - float(printed), abs=1e-3)
    assert "Table 1" not in text and "Table 4" not in text


def row(preset: str, name: str, scale: int, psnr: float, ssim: float) -> BenchmarkRow:
    return BenchmarkRow(name, scale, preset, preset, 5, psnr, ssim, 0.1)


def test_models_across_mark_what_cannot_be() -> None:
    text = paper_tables([row("ours-l1", "SET5", 2, 36.0, 0.95), row("ours", "Set14", 4, 25.0, 0.7)])
    table = text.partition("Table 3.")[2].splitlines()
    assert table[1].split()[-2:] == ["Ours-L1", "Ours"]
    assert table[2].split() == ["Set5", "x2", "ours", "0.9500", "-"]
    assert table[3].split() == ["paper", "1.007!", "0.907"]
    assert table[4].split() == ["difference", "-0.0570", "-"]
    assert table[6].split() == ["paper", "0.755", "0.818"]
    assert "! marks what cannot be" in text
    assert "!" not in text.partition("Table 3.")[0]


def test_sets_across_have_psnr_and_ssim() -> None:
    rows = [row("esrgan", "Set5", 3, 31.0, 0.9), row("model-i", "Urban100", 3, 26.0, 0.8)]
    table = paper_tables(rows).partition("Table 4.")[2].splitlines()
    assert table[1].split()[-2:] == ["Set5", "Urban100"]
    assert table[2].split() == ["ESRGAN", "x3", "ours", "31.000/0.9000", "-/-"]
    assert table[3].split() == ["paper", "31.77/0.9928", "26.25/0.7489"]
    assert table[4].split() == ["difference", "-0.770/-0.0928", "-/-"]
    assert table[5].split()[:2] == ["Model", "I"] and "26.000/0.8000" in table[5]


def test_the_ablation_has_five_columns() -> None:
    rows = [row(f"table1-model{n}", "Set5", 4, 27.0 + n, 0.8) for n in range(1, 6)]
    table = paper_tables(rows).splitlines()
    assert table[0].startswith("Table 1.")
    assert table[2].split()[3:] == ["28.000", "29.000", "30.000", "31.000", "32.000"]
    assert table[3].split() == ["paper", "31.41", "32.35", "32.68", "32.48", "32.65"]


def test_nothing_of_the_paper_s_is_no_table() -> None:
    assert paper_tables([row("bicubic", "Mine", 2, 30.0, 0.9)]) == ""


def test_figures_are_pictures_and_repeatable(
    folder: Path, model: Path, call: Call, tmp_path: Path
) -> None:
    log = tmp_path / "srgan.jsonl"
    log.write_text("".join(f'{{"step": {n}, "losses": {{"l1": {1 / n}}}}}\n' for n in (1, 2, 3)))
    figures = tmp_path / "new" / "figures"
    arguments = ("benchmark", "images", folder, "--scales", "2", "--models", model)
    said = call(*arguments, "--figures", figures, "--logs", log)[1]
    stems = ["figure-04", "figure-05-x2", "figure-06-x2", "figure-07-x2"]
    assert sorted(path.name for path in figures.iterdir()) == [
        f"{stem}.{suffix}" for stem in stems for suffix in ("png", "svg")
    ]
    assert sorted(said["figures"]) == sorted(str(path) for path in figures.iterdir())
    for stem in stems:
        with Image.open(figures / f"{stem}.png") as picture:
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 10
        assert ElementTree.parse(figures / f"{stem}.svg").getroot().tag.endswith("svg")
    bars = (figures / "figure-05-x2.svg").read_bytes()
    call(*arguments, "--figures", figures)
    assert (figures / "figure-05-x2.svg").read_bytes() == bars


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("FOLDER", "--models", "fast"), "cannot enlarge images"),
        (("FOLDER", "--scales", "1"), "from 2 on"),
        (("FOLDER/a.png",), "not a folder"),
        (("FOLDER", "--logs", "LOG"), "--figures"),
        (("FOLDER", "--figures", "LOG"), "cannot be made"),
    ],
)
def test_bad_input_is_one_plain_message(
    arguments: tuple[str, ...], message: str, folder: Path, call: Call, tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"step": 1, "losses": {"l1": 1}}\n')
    words = [w.replace("FOLDER", str(folder)).replace("LOG", str(log)) for w in arguments]
    status, said = call("benchmark", "images", *words)
    assert status == 1 and message in said and "Traceback" not in said


def test_wrong_usage_is_status_2(folder: Path) -> None:
    for arguments in (["benchmark"], ["benchmark", "volumes", str(folder)]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 2


def test_drawing_loads_only_for_figures_and_torch_only_for_models(folder: Path) -> None:
    program = f"""
import json, sys
from srviewer.__main__ import main
main(["benchmark", "images", {str(folder)!r}, "--json", "-"])
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    loaded = set(json.loads(output([sys.executable, "-c", program]).splitlines()[-1]))
    assert "PIL" in loaded and not loaded & {"matplotlib", "torch", "PySide6"}
