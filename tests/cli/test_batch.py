"""Options of ``batch`` mean the same as for ``reconstruct``."""

import json
from pathlib import Path

import pytest

from srviewer.__main__ import main


@pytest.mark.parametrize(
    "options",
    [
        ["--method", "back-projected", "--thickness", "3", "--profile", "gaussian"],
        ["--method", "linear", "--also", "j:2"],
    ],
)
def test_a_batch_of_one_gives_the_file_of_reconstruct(
    thick_file: Path, tmp_path: Path, options: list[str]
) -> None:
    alone, out = tmp_path / "alone.nii.gz", tmp_path / "out"
    assert main(["reconstruct", str(thick_file), "-o", str(alone), *options]) == 0
    told = tmp_path / "told.json"
    batch = ["batch", str(thick_file), "-o", str(out), "--workers", "1", "--json", str(told)]
    assert main([*batch, *options]) == 0
    (volume,) = json.loads(told.read_text())["volumes"]
    assert Path(volume["output"]).read_bytes() == alone.read_bytes()
    expected = json.loads(alone.with_name("alone.json").read_text())
    for key in ("also", "thickness_mm", "profile", "method", "slab_by_slab"):
        assert volume["values"][key] == expected["provenance"][key]


@pytest.mark.parametrize("factor", ["-2", "0", "1", "65"])
def test_a_factor_that_cannot_be_is_said_of_each_volume(
    factor: str, thick_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = ["batch", str(thick_file), "-o", str(tmp_path / "out"), "--workers", "1"]
    assert main([*batch, "--factor", factor]) == 1
    assert "thick: A factor is a whole number from 2 to 64." in capsys.readouterr().err
