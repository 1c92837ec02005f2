"""Files that describe the program to a desktop, checked by the desktops' own tools."""

import re
import shutil
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from PIL import Image

from children import ran
from srviewer import __version__

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
METAINFO = "io.github.srviewer.srviewer.metainfo.xml"
MIME = "io.github.srviewer.srviewer-mime.xml"
ADDRESS = "https://git.example.org/some-one/srviewer"


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
    assert "pip install" not in notes.stdout  # no address, no line that names one
    there = ran([script, __version__, ADDRESS]).stdout
    start = f"{ADDRESS}/releases/download/v{__version__}/srviewer-{__version__}"
    for file in ("-py3-none-any.whl", "-Linux.tar.gz", "-macOS.tar.gz", "-setup.exe"):
        assert f"{start}{file}" in there
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


def test_the_workflows_run_nothing_of_others() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        jobs = yaml.safe_load(path.read_text())["jobs"].values()
        used = [job["uses"] for job in jobs if "uses" in job]
        used += [step["uses"] for job in jobs for step in job.get("steps", ()) if "uses" in step]
        # GitHub's own actions, whose major versions keep their promises, and our own workflow.
        assert used and all(re.fullmatch(r"actions/[\w-]+@v\d+|\./.+", one) for one in used)


@pytest.fixture
def small_copy(tmp_path: Path) -> Path:
    """What wheel and sdist need, with a package of one module and one resource."""
    copy = tmp_path / "copy"
    (copy / "resources").mkdir(parents=True)
    (copy / "resources" / "one.txt").write_text("one")
    (copy / "srviewer").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "srviewer/__init__.py"):
        shutil.copy(ROOT / name, copy / name)
    shutil.copytree(PACKAGING, copy / "packaging")
    return copy


def home_page(copy: Path, *arguments: str) -> str:
    done = ran([sys.executable, copy / "packaging" / "home_page.py", *arguments])
    return done.stdout if done.returncode == 0 else f"refused: {done.stderr}"


def test_a_build_says_where_it_was_made(small_copy: Path, tmp_path: Path) -> None:
    assert "refused" in home_page(small_copy)  # no remote, no address: none is made up
    written = [small_copy / "pyproject.toml", small_copy / "packaging" / METAINFO]
    home_page(small_copy, ADDRESS, "v9.1.0")
    once = [path.read_bytes() for path in written]
    home_page(small_copy, "https://elsewhere.example.org/a/b", "v0.0.1")
    home_page(small_copy, f"{ADDRESS}.git", "v9.1.0")
    assert [path.read_bytes() for path in written] == once  # it replaces, and adds no second time

    built = ran([sys.executable, "-m", "hatchling", "build", "-d", tmp_path], cwd=small_copy)
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        urls = re.findall(r"^Project-URL: (\w+), (.+)$", wheel.read(name).decode(), re.M)
    assert dict(urls) == {
        "Homepage": ADDRESS,
        "Documentation": f"{ADDRESS}/blob/v9.1.0/docs/index.md",
        "Source": f"{ADDRESS}/tree/v9.1.0",
        "Issues": f"{ADDRESS}/issues",
        "Changelog": f"{ADDRESS}/blob/v9.1.0/CHANGELOG.md",
    }
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as sdist:
        root = f"srviewer-{__version__}"
        for name in ("PKG-INFO", "pyproject.toml", f"packaging/{METAINFO}"):
            packed = sdist.extractfile(f"{root}/{name}")
            assert packed is not None and ADDRESS in packed.read().decode(), name


def test_the_metainfo_of_a_release_is_valid_and_shows_pictures_that_are_there(
    small_copy: Path,
) -> None:
    home_page(small_copy, ADDRESS, "v9.1.0")
    metainfo = small_copy / "packaging" / METAINFO
    tree = ElementTree.parse(metainfo)
    assert tree.findtext("url[@type='homepage']") == ADDRESS
    shown = [image.text or "" for image in tree.iter("image")]
    assert len(shown) > 3
    for url in shown:
        start, _, path = url.partition("/raw/v9.1.0/")
        assert start == ADDRESS and (ROOT / path).is_file()
    checked("appstreamcli", "validate", "--no-net", metainfo)


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@git.example.org:some-one/srviewer.git", ADDRESS),
        ("ssh://git@git.example.org:22/some-one/srviewer", ADDRESS),
        ("https://user:secret@git.example.org/some-one/srviewer.git", ADDRESS),
        ("/home/some-one/srviewer", None),
        ("ftp://git.example.org/some-one/srviewer", None),
        ('https://git.example.org/"]', None),
    ],
)
def test_the_remote_of_git_is_the_page(small_copy: Path, remote: str, page: str | None) -> None:
    ran(["git", "init", "--quiet", small_copy])
    ran(["git", "-C", small_copy, "remote", "add", "origin", remote])
    said = home_page(small_copy)
    assert (f"of {page} at v{__version__}" in said) if page else said.startswith("refused")
    assert "secret" not in said
