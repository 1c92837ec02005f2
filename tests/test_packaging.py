"""Files that describe the program to a desktop, checked by the desktops' own tools."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
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


def test_the_version_is_one() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text()
