"""Files that a killed program left in a folder of results are removed, once they mend nothing."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from children import Child, output
from srviewer.core.volumes.volume import Volume
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.export.clearing import clear_abandoned
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run

MARK = "from srviewer.temporary_names import process_mark; print(process_mark())"
WRITING = """
import sys
from pathlib import Path
from srviewer.atomic import staged_together
image, beside = map(Path, sys.argv[1:])
with staged_together(image, beside) as drafts:
    for draft in drafts:
        draft.write_bytes(b"half")
    print("writing", flush=True)
    input()
"""


@pytest.fixture(scope="module")
def ended() -> str:
    """A mark of a process that has ended."""
    return output([sys.executable, "-c", MARK]).strip()


def test_the_next_export_takes_away_what_killed_ones_left(
    thick_head: Volume, ended: str, tmp_path: Path
) -> None:
    def leave() -> None:
        (tmp_path / f".srviewer-{ended}-a.nii.gz").write_bytes(b"half")
        (tmp_path / f".srviewer-{ended}-picture.png").write_bytes(b"half")
        (tmp_path / f".srviewer-{ended}-series").mkdir()
        (tmp_path / f".srviewer-{ended}-series" / "00001.dcm").write_bytes(b"half")

    leave()
    run(write_image(thick_head, tmp_path / "b.nii.gz", {}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "b.nii.gz"]
    leave()
    run(write_series(thick_head, tmp_path / "series", {}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "b.nii.gz", "series"]


@pytest.mark.parametrize("replaced", [True, False])
def test_a_pair_is_mended_before_its_leftovers_go(
    replaced: bool, thick_head: Volume, ended: str, tmp_path: Path
) -> None:
    """Killed after the image took its name and before the JSON did, which may be a new one."""
    image, beside = tmp_path / "o.nii.gz", tmp_path / "o.json"
    other = thick_head.derived(thick_head.voxels + 1, thick_head.geometry, "other")
    run(write_image(other, image, {"run": 1}))
    old = image.read_bytes(), beside.read_bytes()
    run(write_image(thick_head, image, {"run": 2}, overwrite=True))
    beside.rename(tmp_path / f".srviewer-{ended}-o.json")
    if replaced:
        beside.write_bytes(old[1])
        (tmp_path / f".srviewer-{ended}-o.nii.gz").write_bytes(old[0])
    run(clear_abandoned(tmp_path))
    assert json.loads(beside.read_text())["provenance"]["run"] == 2
    assert np.array_equal(run(read(image)).voxels, thick_head.voxels)
    assert sorted(tmp_path.iterdir()) == [beside, image]


def test_an_image_of_another_program_is_not_replaced_by_an_older_one(
    thick_head: Volume, ended: str, tmp_path: Path
) -> None:
    image, left = tmp_path / "o.nii.gz", tmp_path / f".srviewer-{ended}-o.nii.gz"
    run(write_image(thick_head, image, {}))
    image.rename(left)
    image.write_bytes(b"of another program")
    run(clear_abandoned(tmp_path))
    assert image.read_bytes() == b"of another program" and left.exists()


def test_what_a_running_program_writes_stays(
    thick_head: Volume, ended: str, tmp_path: Path
) -> None:
    image, beside = tmp_path / "o.nii", tmp_path / "o.json"
    run(write_image(thick_head, image, {}))
    with Child([sys.executable, "-c", WRITING, image, beside]) as child:
        assert child.line() == "writing"
        needed = tmp_path / f".srviewer-{ended}-o.nii"
        needed.write_bytes(b"half")
        run(clear_abandoned(tmp_path))
        run(write_image(thick_head, tmp_path / "p.nii", {}))
        assert len(list(tmp_path.glob(".srviewer-*-o.*"))) == 3
        run(write_image(thick_head, image, {}, overwrite=True))
        assert len(list(tmp_path.glob(".srviewer-*-o.*"))) == 2
        assert child.process.stdin is not None
        child.process.stdin.write("\n")
        assert child.ended().returncode == 0
    assert image.read_bytes() == b"half" and not list(tmp_path.glob(".srviewer-*"))
