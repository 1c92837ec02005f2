"""The BIDS App: its command line, its part of a data set, and jobs that share one output folder."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from children import Child
from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.io.bids.anat_suffixes import ANAT_SUFFIXES, LABELS

NAMES = (
    "sub-01/anat/sub-01_T2w.nii.gz",
    "sub-02/ses-a/anat/sub-02_ses-a_T2w.nii.gz",
    "sub-02/ses-b/anat/sub-02_ses-b_T1w.nii.gz",
    "sub-03/ses-a/anat/sub-03_ses-a_FLAIR.nii",
)


def save(volume: Volume, path: Path, shift: float = 0.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    voxels = volume.voxels + np.float32(shift)
    nib.save(nib.Nifti1Image(voxels, volume.geometry.affine), path)


@pytest.fixture
def data_set(thick_head: Volume, tmp_path: Path) -> Path:
    """Three subjects, one without sessions, among files that are no scans of the data set."""
    root = tmp_path / "data set"
    others = (
        "sub-01/anat/sub-01_dseg.nii.gz",
        "sub-01/func/sub-01_task-rest_bold.nii.gz",
        "sub-01/anat/._sub-01_T2w.nii.gz",
        "sourcedata/sub-01/anat/sub-01_T1w.nii.gz",
        "derivatives/other/sub-01/anat/sub-01_T1w.nii.gz",
        "sub-03/ses-a/anat/sub-03_ses-a_run-2_FLAIR.nii.gz",
    )
    for number, name in enumerate((*NAMES, *others)):
        save(thick_head, root / name, number)
    (root / "dataset_description.json").write_text('{"Name": "a", "BIDSVersion": "1.9.0"}')
    (root / ".bidsignore").write_text("# a run that was repeated\n*_run-2_*\n")
    (root / "notes.txt").write_text("")
    return root


def bids(*words: object) -> list[str]:
    return ["bids", *map(str, words), "--method", "cubic", "--workers", "1", "--json"]


@pytest.mark.parametrize(
    ("start", "words", "taken"),
    [
        ("", "", NAMES),
        ("", "--participant_label 01 sub-03 --skip_bids_validation", (NAMES[0], NAMES[3])),
        ("", "--session-label a", (NAMES[1], NAMES[3])),
        ("sub-02", "", NAMES[1:3]),
        ("sub-02/ses-b/anat", "", NAMES[2:3]),
        ("sub-02", "--session-label ses-a", NAMES[1:2]),
    ],
)
def test_the_part_that_is_meant_and_then_all_of_it_at_the_level_of_the_group(
    start: str, words: str, taken: tuple[str, ...], data_set: Path, tmp_path: Path
) -> None:
    out, told = tmp_path / "out", tmp_path / "told.json"
    assert main([*bids(data_set / start, out, "participant", *words.split()), str(told)]) == 0
    volumes = json.loads(told.read_text())["volumes"]
    done = {one["source"]: one for one in volumes if one["status"] == "done"}
    assert tuple(done) == taken
    ignored = [one["reason"] for one in volumes if one["status"] == "left out"]
    assert set(ignored) <= {"files in .bidsignore", LABELS}
    for name, one in done.items():
        entities, suffix = name.partition(".")[0].rsplit("_", 1)
        image = out / f"{entities}_desc-sr_{suffix}.nii.gz"
        assert Path(one["output"]) == image and image.is_file()
        beside = json.loads(image.with_name(f"{image.name[:-7]}.json").read_text())
        assert beside["Sources"] == [f"bids:raw:{name}"]
    described = json.loads((out / "dataset_description.json").read_text())
    assert described["DatasetLinks"] == {"raw": "../data%20set"}
    assert main([*bids(data_set, out, "group"), str(told)]) == 0
    status = {one["source"]: one["status"] for one in json.loads(told.read_text())["volumes"]}
    assert [name for name in NAMES if status[name] == "done"] == list(taken)
    assert all(status[name] == "pending" for name in NAMES if name not in taken)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{set} {out} participant --participant-label 07", "There are: 01, 02, 03."),
        ("{set} {out} participant --session-label c", "There are: a, b."),
        ("{set}/sub-01 {out} participant --session-label a", "No scan there has one."),
        ("{set}/sourcedata {out} participant", "is no subject's folder"),
        ("{set}/sub-09 {out} participant", "does not exist"),
        ("{set}/notes.txt {out} participant", "is a file and no folder"),
        ("{set}/.. {out} participant", "a folder above it has a dataset_description.json"),
        ("{set} {set} participant", "among the data of"),
        ("{set} {set}/results participant", "derivatives/srviewer"),
        ("{set} {set}/derivatives participant", "derivatives/srviewer"),
        ("{set} {set}/derivatives/other participant", "was not written by srviewer"),
        ("{set} {out} group", "Run the level 'participant' first"),
        ("{set}/empty {out} participant", "has no folder sub-"),
        ("{set}/bare {out} participant", "no anatomical image"),
    ],
)
def test_what_is_no_data_set_or_no_place_for_results_is_refused_in_words(
    words: str, said: str, data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = '{"GeneratedBy": [{"Name": "other"}]}'
    (data_set / "derivatives/other/dataset_description.json").write_text(theirs)
    (data_set / "bare/sub-1/func").mkdir(parents=True)
    (data_set / "empty").mkdir()
    for name in ("bare", "empty"):
        (data_set / name / "dataset_description.json").write_text("{}")
    out = tmp_path / "out"
    given = [word.format(set=data_set, out=out) for word in words.split()]
    before = sorted(data_set.rglob("*"))
    assert main([*bids(*given), "-"]) == 1
    errors = capsys.readouterr().err
    assert said in errors and "Traceback" not in errors
    assert sorted(data_set.rglob("*")) == before and not list(out.glob("sub-*"))


def validated(folder: Path) -> dict[str, set[str]]:
    """The codes of bids-validator-deno for a data set, with the files."""
    program = shutil.which(
        "bids-validator-deno", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if program is None:
        pytest.skip("needs bids-validator-deno")
    command = [program, str(folder), "--format", "json"]
    told = subprocess.run(command, capture_output=True, check=False).stdout
    found: dict[str, set[str]] = {}
    for issue in json.loads(told)["issues"]["issues"]:
        found.setdefault(issue["code"], set()).add(issue["location"])
    return found


@pytest.mark.parametrize("verb", ["bids", "batch"])
def test_the_validator_has_nothing_to_say_of_results_of_every_suffix(
    verb: str, thick_head: Volume, tmp_path: Path
) -> None:
    root, out, told = tmp_path / "raw", tmp_path / "out", tmp_path / "told.json"
    labels = {"echo": "1", "flip": "2", "inv": "1", "mt": "on"}
    suffixes = [suffix for suffix in ANAT_SUFFIXES if suffix.name != "PDT2"]  # which is 4D
    for number, suffix in enumerate(suffixes):
        needed = "".join(f"_{key}-{labels[key]}" for key in suffix.needs)
        image = root / f"sub-{number}/anat/sub-{number}{needed}_{suffix.name}.nii.gz"
        save(thick_head, image, number)
        image.with_name(f"{image.name[:-7]}.json").write_text('{"EchoTime": 0.09}')
    save(thick_head, root / "sub-0/anat/sub-0_part-phase_T1w.nii.gz", 99)
    described = {"Name": "a", "BIDSVersion": "1.11.1", "Authors": ["A", "B"], "License": "CC0"}
    (root / "dataset_description.json").write_text(json.dumps(described))
    place = [out, "participant"] if verb == "bids" else ["-o", out]
    words = [verb, root, *place, "--bids-entities", "res-1mm", "--method=cubic", "--workers=1"]
    assert main([*map(str, words), "--json", str(told)]) == 0
    volumes = json.loads(told.read_text())["volumes"]
    images = [suffix.name for suffix in suffixes if suffix.holds == "intensities"]
    done = [Path(one["output"]).name for one in volumes if one["status"] == "done"]
    assert {name.split("_")[-1].removesuffix(".nii.gz") for name in done} == set(images)
    assert all("_res-1mm_desc-sr_" in name for name in done)
    left_out = json.loads(told.read_text())["left_out"]
    assert left_out["quantitative maps"] == 15
    assert left_out["phases and other parts of complex images"] == 1
    assert validated(out) == {}


def test_other_entities_make_another_result_and_both_stay(
    data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, told = tmp_path / "out", tmp_path / "told.json"
    words = bids(data_set / "sub-01", out, "participant")
    chosen = {"": "_desc-sr", "rec-thin,desc-b": "_rec-thin_desc-b"}
    for status in ("done", "done before"):
        for entities, named in chosen.items():
            assert main([*words, str(told), "--bids-entities", entities]) == 0
            (volume,) = (v for v in json.loads(told.read_text())["volumes"] if v["output"])
            image = out / f"sub-01/anat/sub-01{named}_T2w.nii.gz"
            assert (volume["status"], Path(volume["output"])) == (status, image)
            assert image.is_file()
    assert main([*words, str(told), "--bids-entities", "sub-02"]) == 1
    assert "no entity of BIDS" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_scan_that_was_not_fetched_is_told_of_and_the_others_are_done(
    thick_head: Volume, tmp_path: Path
) -> None:
    """As DataLad leaves it: a link to a file that is not there."""
    root, told = tmp_path / "set", tmp_path / "told.json"
    for name in NAMES[:2]:
        save(thick_head, root / name)
    (root / "dataset_description.json").write_text('{"Name": "a", "BIDSVersion": "1.9.0"}')
    absent = root / "sub-01/anat/sub-01_T1w.nii.gz"
    absent.symlink_to("../../.git/annex/objects/absent.nii.gz")
    assert main([*bids(root, tmp_path / "out", "participant"), str(told)]) == 0
    volumes = json.loads(told.read_text())["volumes"]
    status = {one["source"]: (one["status"], one["message"]) for one in volumes}
    assert [status[name][0] for name in NAMES[:2]] == ["done", "done"]
    failed = status[absent.relative_to(root).as_posix()]
    assert failed[0] == "failed" and "a file that is not there" in failed[1]


def test_shards_have_each_volume_once(data_set: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "out", tmp_path / "told.json"
    shares = []
    for number in range(1, 7):
        words = bids(data_set, out, "participant", "--shard", f"{number}/6")
        assert main([*words, str(told)]) == 0  # two of them have nothing to do
        volumes = json.loads(told.read_text())["volumes"]
        shares.append([one["source"] for one in volumes if one["status"] == "done"])
    assert [len(share) for share in shares] == [1, 1, 1, 1, 0, 0]
    assert [name for share in shares for name in share] == list(NAMES)
    assert "6 volumes: 4 done, 2 left out" in (out / "summary.html").read_text()
    with pytest.raises(SystemExit):
        main([*bids(data_set, out, "participant", "--shard", "7/6"), str(told)])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_four_jobs_one_of_them_killed_do_eight_volumes_once_and_miss_none(
    thick_head: Volume, tmp_path: Path
) -> None:
    root, out = tmp_path / "data", tmp_path / "out"
    for number in range(8):
        save(thick_head, root / f"sub-{number}/anat/sub-{number}_T2w.nii.gz", number)
    shutil.copy(root / "sub-0/anat/sub-0_T2w.nii.gz", root / "sub-7/anat/sub-7_T2w.nii.gz")
    (root / "dataset_description.json").write_text("{}")
    command = [sys.executable, "-m", "srviewer", *bids(root, out, "participant")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def claimed_by(process: int) -> list[str]:
        """Volumes that a process has a claim on."""
        claims = sorted((out / ".srviewer-batch/claims").glob("*"))
        return [path.name for path in claims if f'"process": {process},' in _text(path)]

    def recorded(volume: str | None = None) -> int:
        return len(list((out / ".srviewer-batch/outcomes").glob(f"{volume or '*'}.json")))

    def results() -> int:
        """Above those that are being written, whose folders come and go."""
        return len(list(out.glob("sub-*/anat/*_desc-sr_*.nii.gz")))

    with ExitStack() as stack:
        victim = stack.enter_context(Child([*command, tmp_path / "victim.json"], environment))
        number = victim.process.pid
        # In the middle of a volume, whose result has no name yet.
        assert victim.stopped_while(
            lambda: (
                results() == recorded()
                and [recorded(volume) for volume in claimed_by(number)] == [0]
            )
        )
        files = [tmp_path / f"{number}.json" for number in range(3)]
        others = [stack.enter_context(Child([*command, file], environment)) for file in files]
        others[0].until(lambda: results() >= 7)
        assert all(job.process.poll() is None for job in others)  # they wait for the eighth
        victim.process.kill()
        assert [job.ended().returncode for job in others] == [0, 0, 0]
    logs = [log.read_text() for log in sorted((out / "logs").rglob("*.log"))]
    assert [len(re.findall("written: ", log)) for log in logs] == [1] * 8
    for file in files:
        volumes = json.loads(file.read_text())["volumes"]
        assert len(volumes) == 8 and {one["status"] for one in volumes} <= {"done", "done before"}
    assert "8 volumes: 8 done" in (out / "summary.html").read_text()
    kept = {"done", "given", "names", "outcomes", "unfinished"}
    assert {path.name for path in (out / ".srviewer-batch").iterdir()} == kept
    assert not list(out.rglob("*/.srviewer-*-*")) and not list(out.rglob("unfinished/*"))


def _text(path: Path) -> str:
    """Of a file that another process may just have deleted."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bash")
def test_the_job_arrays_of_the_page_do_all_of_a_data_set(data_set: Path, tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "many-scans.md"
    scripts = re.findall(r"```bash\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(scripts) == 2 and "--shard" in scripts[1]
    program = tmp_path / "bin" / "srviewer"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m srviewer "$@" --method cubic\n')
    program.chmod(0o755)
    for number, script in enumerate(scripts):
        out, path = tmp_path / f"out {number}", tmp_path / f"array{number}.sh"
        path.write_text(script)
        told = {"DATA": str(data_set), "OUT": str(out), "SLURM_CPUS_PER_TASK": "1"}
        told |= {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
        with ExitStack() as stack:
            tasks = [
                stack.enter_context(
                    Child(
                        ["bash", path],
                        {
                            **os.environ,
                            **told,
                            "SLURM_ARRAY_TASK_ID": str(task),
                            "SLURM_ARRAY_TASK_COUNT": "2",
                        },
                    )
                )
                for task in (1, 2)
            ]
            ended = [task.ended() for task in tasks]
        assert [task.returncode for task in ended] == [0, 0], [task.stderr for task in ended]
        assert len(list(out.glob("sub-*/**/*_desc-sr_*.nii.gz"))) == 4
        logs = [log.read_text() for log in (out / "logs").rglob("*.log")]
        assert [log.count("written: ") for log in logs] == [1] * 4
