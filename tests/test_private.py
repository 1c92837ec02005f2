"""Folders and files that only their owner may read, from their first moment on."""

import os
import sys
from pathlib import Path

import pytest

from rights import open_to_others, rights, umask, wide
from srviewer.atomic import staged, write_text
from srviewer.io.chunk_store import Scratch
from srviewer.nn.plans.presets import PRESETS
from srviewer.paths import (
    models_dir,
    private_folder,
    private_tree,
    user_cache_dir,
    user_data_dir,
    user_log_dir,
)
from srviewer.private import is_private, make_private_file, make_private_folder
from srviewer.sr.training.records import remember, stored_runs
from srviewer.sr.training.run import TrainingJob

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
needs_chown = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only an administrator gives files away"
)
STRANGER = 12345


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_is_new_is_private_whatever_the_umask(mask: int, own_folders: Path) -> None:
    folder = user_cache_dir() / "sessions" / "window-1"
    with umask(mask):
        private_folder(folder)
        make_private_file(folder / "file")
    assert open_to_others(user_cache_dir()) == []
    assert [rights(one) for one in (folder, folder / "file")] == [0o700, 0o600]
    assert not rights(user_cache_dir().parent) & 0o022  # nobody can put another in its place


def test_what_is_wide_open_is_closed(own_folders: Path) -> None:
    kept = wide(user_cache_dir() / "sessions" / "window-1" / "session.srviewer", "{}")
    reader = kept.with_name("run.sh")
    reader.touch()
    reader.chmod(0o755)  # whatever the mask of this process
    private_tree(user_cache_dir() / "sessions")
    assert open_to_others(user_cache_dir()) == []
    assert kept.read_text() == "{}" and rights(reader) == 0o600


def test_the_folder_of_the_models_stays_as_it_is(own_folders: Path) -> None:
    with umask(0o022):
        private_folder(user_data_dir() / "training")
        models_dir().mkdir()
        write_text(models_dir() / "mine.md", "card")
    assert [rights(one) for one in (user_data_dir(), models_dir())] == [0o755, 0o755]
    assert rights(models_dir() / "mine.md") == 0o644
    assert rights(user_data_dir() / "training") == 0o700


@needs_chown
def test_what_is_another_users_is_never_used(own_folders: Path) -> None:
    private_folder(user_log_dir())
    os.chown(user_log_dir(), STRANGER, STRANGER)
    with pytest.raises(PermissionError, match="another user"):
        private_folder(user_log_dir())
    assert not is_private(user_log_dir())


@needs_chown
def test_the_link_of_another_user_is_never_followed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("kept")
    mine.chmod(0o644)
    for name, own in (("theirs", False), ("own", True)):
        link = tmp_path / name
        link.symlink_to(mine)
        if not own:
            os.lchown(link, STRANGER, STRANGER)
            with pytest.raises(PermissionError):
                make_private_file(link)
            assert rights(mine) == 0o644
        else:  # such as settings that are kept elsewhere
            make_private_file(link)
            assert rights(mine) == 0o600


def test_something_else_of_that_name_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    for make, path in (
        (make_private_file, tmp_path / "pipe"),
        (make_private_file, tmp_path),
        (make_private_folder, tmp_path / "file"),
    ):
        with pytest.raises(OSError, match="something else"):
            make(path)


def test_a_file_in_a_closed_folder_is_closed_before_anything_is_in_it(tmp_path: Path) -> None:
    closed, plain = tmp_path / "closed", tmp_path / "plain"
    with umask(0o000):
        make_private_folder(closed)
        plain.mkdir(0o755)
        for folder, wanted in ((closed, 0o600), (plain, 0o666)):
            with staged(folder / "image") as temporary:
                assert folder is plain or rights(temporary) == 0o600
                temporary.write_text("voxels")
            assert rights(folder / "image") == wanted


def test_scratch_files_of_a_large_scan_have_no_name_and_no_reader(tmp_path: Path) -> None:
    with umask(0o000), Scratch(tmp_path) as scratch:
        voxels = scratch.voxels((4, 4, 4), (2, 2, 2))
        assert os.fstat(voxels._file.fileno()).st_mode & 0o777 == 0o600
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("named", ["", "relative/folder"])
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have other customs")
def test_folders_that_are_no_place_count_for_nothing(
    named: str, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, named)
    for folder in (user_cache_dir(), user_log_dir(), user_data_dir()):
        assert folder.is_relative_to(own_folders)


def _run(folder: Path) -> TrainingJob:
    return TrainingJob(
        (folder / "Doe_Jane.nii",), (), PRESETS[0].plan, folder / "m.safetensors", "cpu"
    )


def test_records_of_training_are_private(tmp_path: Path, own_folders: Path) -> None:
    old = wide(user_data_dir() / "training" / "old.json", "{}")
    assert stored_runs().jobs == () and rights(old) == 0o600
    with umask(0o000):
        remember(_run(tmp_path))
    assert open_to_others(old.parent) == [] and len(stored_runs().jobs) == 1


@needs_chown
def test_without_a_place_for_its_record_a_run_is_only_not_offered_again(
    tmp_path: Path, own_folders: Path
) -> None:
    remember(_run(tmp_path))
    os.chown(user_data_dir() / "training", STRANGER, STRANGER)
    remember(_run(tmp_path / "other"))
    assert stored_runs().jobs == ()
