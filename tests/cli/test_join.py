"""Stacks are joined from the command line: on the sample, and only those of one person."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
from PIL import Image

from children import Child
from cli.conftest import Call, save
from srviewer.__main__ import SAMPLES, main, window_arguments
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.paths import sample_stacks
from srviewer.sr.stacks.restore import restored_result

KEYS = {
    "output", "reference", "grid", "spacing_mm", "model", "precision", "stacks", "seconds",
    "peak_memory_mb", "warnings",
}  # fmt: skip
STACK_KEYS = {
    "index", "name", "rotation_deg", "translation_mm", "gain", "offset", "weight", "agreement",
    "left_out", "down_weighted",
}  # fmt: skip
Stacks = Callable[..., list[Path]]


@pytest.fixture
def stacks(head: Volume, tmp_path: Path) -> Stacks:
    """``stacks(name, name)``: files of thick slices along k, i, j, k of the same head."""

    def make(*names: str) -> list[Path]:
        files = []
        for name, axis in zip(names, (2, 0, 1, 2), strict=False):
            path = tmp_path / f"{name}.nii.gz"
            path.parent.mkdir(exist_ok=True)
            files.append(save(Degradation(axis, 4).thick_volume(head), path))
        return files

    return make


@pytest.fixture
def knee(tmp_path: Path) -> Path:
    """A folder with the sample of stacks, every second voxel of its slices."""
    folder = tmp_path / "knee"
    folder.mkdir()
    for path in sample_stacks():
        image = nib.load(path)
        thick = int(np.argmax(image.header.get_zooms()))
        cut = tuple(slice(None, None, 1 if axis == thick else 2) for axis in range(3))
        nib.save(image.slicer[cut], folder / path.name)
    return folder


def test_the_sample_from_its_folder_to_a_volume_and_a_page(knee: Path, tmp_path: Path) -> None:
    """The real program, as the documentation shows it."""
    out, page, told = (tmp_path / name for name in ("knee.nii.gz", "knee.html", "told.json"))
    words = ["join", knee, "-o", out, "--method", "cubic"]
    words += ["--register", "none"]  # which is tested for itself
    words += ["--report", page, "--json", told]
    done = subprocess.run(
        [sys.executable, "-m", "srviewer", *map(str, words)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "taken: 0 (sub-knee_acq-ax_PDw), 1" in done.stderr
    assert "3 stacks -> 74 x 74 x 84 voxels" in done.stdout and "Make sure" not in done.stdout
    said = json.loads(told.read_text())
    assert said.keys() >= KEYS and said["output"] == str(out)
    assert (said["reference"], said["grid"], said["spacing_mm"]) == (0, "reference", None)
    for number, stack in enumerate(said["stacks"]):
        assert stack.keys() >= STACK_KEYS and stack["index"] == number
        # The stacks agree as they are: none may be moved far.
        assert np.linalg.norm(stack["translation_mm"]) < 1 and stack["agreement"]["rms"] < 0.06
        assert stack["left_out"]["psnr"] > 15 and stack["left_out"]["psnr_cubic"] > 15
    assert sum(stack["weight"] for stack in said["stacks"]) == pytest.approx(1)
    image = nib.load(out)
    refined = run(read(knee / sample_stacks()[0].name)).geometry.refined(2, 3)
    assert np.allclose(image.affine, refined.affine, atol=1e-3)
    beside = json.loads((tmp_path / "knee.json").read_text())
    assert beside["history"][-1].startswith("joined with 2 other stacks (sub-knee_acq-cor_PDw")
    assert len(beside["provenance"]["sources"]) == 3 and "Research use only" in json.dumps(beside)
    text = page.read_text()
    assert "3 stacks joined onto sub-knee_acq-ax_PDw" in text and "Each stack" in text
    assert "predict a stack that was left out" in text and "predict a stack" in done.stdout
    assert str(tmp_path) not in text
    figures = list((tmp_path / "knee-figures").glob("*.png"))
    names = {"left-out", "left-out-coherence", "left-out-slices", "montage", "stacks"}
    assert {path.stem for path in figures} == names
    for path in figures:  # none is blank
        assert np.asarray(Image.open(path).convert("L")).std() > 5
    again = run(read(out))
    assert again.geometry.matches(refined, 1e-3) and again.voxels.max() > 0


def test_info_names_the_stacks_that_belong_together(
    stacks: Stacks, call: Call, tmp_path: Path
) -> None:
    stacks("sub-1_acq-ax_T2w", "sub-1_acq-sag_T2w", "sub-2_T2w")
    status, found = call("info", tmp_path)
    assert status == 0 and len(found["series"]) == 3
    assert found["joinable"] == [{"series": [0, 1], "notes": []}]


def test_where_stacks_lie_on_the_grid(stacks: Stacks, call: Call, tmp_path: Path) -> None:
    files, out = stacks("ax_t2", "sag_t2"), tmp_path / "o.nii.gz"
    shapes = {}
    for name, words in {
        "reference": ["--reference", "1"],
        "union": ["--grid", "union"],
        "spacing": ["--spacing", "2"],
    }.items():
        status, said = call("join", *files, "-o", out, "--method", "cubic", *words)
        assert status == 0, said
        shapes[name] = nib.load(out).shape
        assert said["grid"] == ("union" if name == "union" else "reference")
    assert shapes == {"reference": (40, 48, 36), "union": (40, 48, 36), "spacing": (20, 24, 18)}


@pytest.mark.parametrize(
    ("names", "words", "said"),
    [
        (("ax_t1", "sag_t2"), [], "differ in contrast: their names say T1w and T2w"),
        (("sub-01_T2w", "sub-02_T2w"), ["--acknowledge"], "are not of one person"),
        (("a/t2_ax", "b/t2_sag"), [], "Make sure that the stacks are of one person"),
        (("ax_t2", "sag_mask"), ["--acknowledge"], "a mask or label map"),
        (("ax_t2",), [], "2 to 8 stacks can be joined, and 1 given"),
        (("ax_t2", "sag_t2"), ["--reference", "2"], "numbered 0 to 1"),
        (("ax_t2", "sag_t2"), ["--series", "0,1"], "one folder"),
        (("ax_t2", "sag_t2"), ["--spacing", "0.01"], "Voxels of 0.01 mm cannot be"),
    ],
)
def test_what_is_refused_writes_nothing(
    stacks: Stacks, call: Call, tmp_path: Path, names: tuple[str, ...], words: list[str], said: str
) -> None:
    out = tmp_path / "out" / "o.nii.gz"
    out.parent.mkdir()
    status, error = call("join", *stacks(*names), "-o", out, "--method", "cubic", *words)
    assert status == 1 and said in error and "Traceback" not in error
    assert list(out.parent.iterdir()) == []


def test_a_data_set_takes_it_under_a_name_of_its_own(
    stacks: Stacks, call: Call, tmp_path: Path
) -> None:
    files = stacks("sub-1_acq-ax_T2w", "sub-1_acq-sag_T2w")
    (tmp_path / "set").mkdir()
    status, said = call("join", *files, "--bids", tmp_path / "set", "--method", "cubic")
    assert status == 0 and Path(said["output"]).name == "sub-1_acq-joined_desc-sr_T2w.nii.gz"


def test_what_is_acknowledged_is_said(stacks: Stacks, call: Call, tmp_path: Path) -> None:
    words = ["-o", tmp_path / "o.nii.gz", "--method", "cubic", "--acknowledge"]
    status, said = call("join", *stacks("ax_t1", "sag_t2"), *words)
    assert status == 0 and any("differ in contrast" in line for line in said["warnings"])


def test_a_result_of_other_stacks_is_not_replaced(
    stacks: Stacks, call: Call, tmp_path: Path
) -> None:
    ax, sag, cor = stacks("ax_t2", "sag_t2", "cor_t2")
    out = tmp_path / "o.nii.gz"
    words = ["-o", out, "--method", "cubic"]
    assert call("join", ax, sag, *words)[0] == 0
    before = out.read_bytes(), (tmp_path / "o.json").read_bytes()
    status, error = call("join", ax, cor, *words)
    assert status == 1 and "was made from another scan" in error and "--overwrite" in error
    assert (out.read_bytes(), (tmp_path / "o.json").read_bytes()) == before
    # The same stacks are joined anew, onto another of them as well.
    assert call("join", ax, sag, *words, "--spacing", "2")[0] == 0
    assert call("join", sag, ax, *words)[0] == 0
    assert call("join", ax, cor, *words, "--overwrite")[0] == 0
    # The joined volume is no stack, and is not taken for one in a folder of stacks.
    status, error = call("join", ax, out, "-o", tmp_path / "p.nii.gz")
    assert status == 1 and "a result of srviewer" in error


def test_dicom_cites_every_series_and_keeps_the_frame_of_reference(
    head: Volume, tmp_path: Path, call: Call
) -> None:
    """The stacks are series that this program wrote, as if a scanner had."""
    from srviewer.io.dicom.export.writer import write_series

    origin = None
    for number, axis in enumerate((2, 0)):
        thick = Degradation(axis, 4).thick_volume(head)
        thick = replace(thick, name="t2_tse", modality="MR", origin=origin)
        folder = tmp_path / f"stack{number}"
        run(write_series(thick, folder, {}))
        for file in folder.iterdir():
            image = pydicom.dcmread(file)
            image.ImageType, image.ManufacturerModelName = ["ORIGINAL", "PRIMARY", "M"], "Scanner"
            image.SeriesDescription = "t2_tse"
            image.save_as(file)
        origin = run(read(folder)).origin  # the second stack is of the same person and place
    out = tmp_path / "joined"
    words = ["--dicom", out, "--method", "cubic"]
    status, said = call("join", tmp_path / "stack0", tmp_path / "stack1", *words)
    assert status == 0, said
    made = pydicom.dcmread(next(out.iterdir()))
    sources = [pydicom.dcmread(f) for n in (0, 1) for f in (tmp_path / f"stack{n}").iterdir()]
    assert made.FrameOfReferenceUID == sources[0].FrameOfReferenceUID
    assert made.PatientID == sources[0].PatientID
    cited = {item.ReferencedSOPInstanceUID for item in made.SourceImageSequence}
    assert cited == {source.SOPInstanceUID for source in sources}
    listed = {item.SeriesInstanceUID for item in made.ReferencedSeriesSequence}
    assert listed == {source.SeriesInstanceUID for source in sources} and len(listed) == 2
    assert "StudiesContainingOtherReferencedInstancesSequence" not in made
    # So does one that was written as NIfTI and restored.
    image = tmp_path / "joined.nii.gz"
    assert call("join", tmp_path / "stack0", tmp_path / "stack1", "-o", image, *words[2:])[0] == 0
    again = run(restored_result(run(read(tmp_path / "stack0")), image, {})).volume.origin
    assert again is not None and {each.sop_instance for each in again.images} == cited


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "o.nii.gz"
    words = [sys.executable, "-v", "-m", "srviewer", "join", *sample_stacks(), "-o", out]
    with Child(words, interruptible=True) as child:
        # It is about to begin, and takes longer than a minute.
        child.until(lambda: "\nimport 'srviewer.sr.stacks.join'" in child.errors())
        time.sleep(1)
        child.process.send_signal(signal.SIGINT)
        done = child.ended()
    assert done.returncode == 130 and list(tmp_path.iterdir()) == []


def test_samples_of_the_window() -> None:
    assert [window_arguments(w).sample for w in ([], ["--sample"], ["--sample", "stacks"])] == [
        "", SAMPLES[0], "stacks",
    ]  # fmt: skip
    args = window_arguments(["--sample", "scan.nii.gz", "--reconstruct"])
    assert (args.sample, args.paths, args.reconstruct) == ("thick", [Path("scan.nii.gz")], True)
    assert main(["--sample", "nonsense"]) == 2
