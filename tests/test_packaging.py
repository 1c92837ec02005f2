"""Files that describe the program to a desktop, checked by the desktops' own tools."""

import re
import shutil
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from PIL import Image

from children import ran
from srviewer import __version__

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
METAINFO = "io.github.srviewer.srviewer.metainfo.xml"
MIME = "io.github.srviewer.srviewer-mime.xml"


def checked(tool: str, *arguments: object) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool}, which is not installed")
    done = ran([tool, *map(str, arguments)])
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_desktop_entry_is_valid() -> None:
    assert not checked("desktop-file-validate", PACKAGING / "srviewer.desktop")


def test_metainfo_is_valid_and_of_this_version() -> None:
    checked("appstreamcli", "validate", "--no-net", PACKAGING / METAINFO)
    assert f'release version="{__version__}"' in (PACKAGING / METAINFO).read_text()


def test_mime_types_are_valid_and_are_those_of_the_desktop_entry(tmp_path: Path) -> None:
    declared = set(re.findall(r'mime-type type="([^"]+)"', (PACKAGING / MIME).read_text()))
    entry = (PACKAGING / "srviewer.desktop").read_text()
    assert all(f"{mime};" in entry for mime in declared)
    (tmp_path / "packages").mkdir()
    shutil.copy(PACKAGING / MIME, tmp_path / "packages")
    checked("update-mime-database", tmp_path)
    assert "application/x-nifti" in (tmp_path / "globs2").read_text()


def test_icons_hold_every_size() -> None:
    with Image.open(PACKAGING / "icons" / "srviewer.ico") as icon:
        assert {(16, 16), (48, 48), (256, 256)} <= icon.info["sizes"]
    with Image.open(PACKAGING / "icons" / "srviewer.icns") as icon:
        assert max(side for side, _, _ in icon.info["sizes"]) >= 256


def test_every_dependency_stands_in_the_list_of_licences() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = (ROOT / "THIRD_PARTY_LICENCES.md").read_text().lower()
    for line in project["dependencies"]:
        name = re.split(r"[^A-Za-z0-9-]", line)[0].lower()
        assert f"| {name} |" in listed, f"{name}: run packaging/third_party_licences.py"


@pytest.mark.skipif(sys.platform == "win32", reason="a script of bash")
def test_the_version_is_one_and_a_release_has_its_notes() -> None:
    script = PACKAGING / "release-notes.sh"
    notes = ran([script, __version__])
    assert notes.returncode == 0, notes.stderr
    assert "### Opening" in notes.stdout and "## Unreleased" not in notes.stdout
    other = ran([script, "99.0.0"])
    assert other.returncode == 1 and "99.0.0" in other.stderr


def test_a_release_publishes_files_that_the_build_uploads() -> None:
    build, release = (
        yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())["jobs"]
        for name in ("build", "release")
    )
    systems = {os.split("-")[0] for os in build["package"]["strategy"]["matrix"]["os"]}
    names = {"ubuntu": "Linux", "windows": "Windows", "macos": "macOS"}
    upload = build["package"]["steps"][-1]["with"]
    assert upload["name"] == "srviewer-${{ runner.os }}"
    globs = [Path(line).name for line in upload["path"].split()]
    commands = "".join(step.get("run", "") for step in release["publish"]["steps"])
    copied = re.findall(r"cp built/srviewer-(\w+)/(\S+)", commands)
    assert {system for system, _ in copied} == {names[system] for system in systems}
    assert all(any(fnmatch(name, glob) for glob in globs) for _, name in copied)
    assert len(copied) == commands.count("cp ") == 6
