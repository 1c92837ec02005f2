"""The folders of srviewer's own files and of the user's."""

import shutil
import sys
from pathlib import Path

import pytest

from children import output
from srviewer import paths
from srviewer.errors import UserError
from srviewer.paths import models_dir, resource, user_cache_dir, user_data_dir, user_log_dir

PROGRAM = "from srviewer.paths import resource; print(resource('icons/srviewer.svg'))"


def test_the_icon_is_found() -> None:
    icon = resource("icons/srviewer.svg")
    assert icon.is_file() and icon.is_absolute()


def test_a_missing_file_of_our_own_is_named() -> None:
    with pytest.raises(UserError, match=r"'models/none\.safetensors' is missing.*Install"):
        resource("models/none.safetensors")


def test_a_wheel_finds_its_resources_inside_the_package(tmp_path: Path) -> None:
    """The layout of a wheel, made by hand: resources inside, none beside."""
    package = tmp_path / "srviewer"
    source = Path(paths.__file__).parent
    package.mkdir()
    for name in ("__init__.py", "paths.py", "private.py", "errors.py"):
        shutil.copy(source / name, package)
    icons = package / "resources" / "icons"
    icons.mkdir(parents=True)
    shutil.copy(resource("icons/srviewer.svg"), icons)
    found = output([sys.executable, "-c", PROGRAM], cwd=tmp_path)
    assert Path(found.strip()) == icons / "srviewer.svg"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have other customs")
def test_the_users_models_follow_the_xdg_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert models_dir() == tmp_path / "data" / "srviewer" / "models"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_data_dir() == tmp_path / ".local" / "share" / "srviewer"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have other customs")
@pytest.mark.parametrize("value", ["", "data", "./data", "~/data"])
def test_an_empty_or_relative_xdg_folder_counts_for_nothing(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, value)
    assert user_data_dir() == tmp_path / ".local" / "share" / "srviewer"
    assert user_cache_dir() == tmp_path / ".cache" / "srviewer"
    assert user_log_dir() == tmp_path / ".local" / "state" / "srviewer"


def test_tests_see_no_folder_of_the_users(own_folders: Path) -> None:
    assert models_dir().is_relative_to(own_folders)
    assert not models_dir().exists()
