"""Writes where the project lives into what is built: ``home_page.py [URL [TAG]]``.

URL is the page of the repository, without it the remote "origin" of git; TAG is the version's own
without it. ``[project.urls]`` of pyproject.toml and the addresses and screenshots of the metainfo
follow from the two, so that the repository itself holds no address that a move would make wrong.
Run again, it replaces what it wrote.
"""

import re
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "pyproject.toml"
METAINFO = "packaging/io.github.srviewer.srviewer.metainfo.xml"
VERSION = "srviewer/__init__.py"
REMOTE = re.compile(r"(?:ssh://)?(?:[^@/]+@)([^:/]+)(?::\d+)?[:/](.+)")  # git@HOST:OWNER/NAME
ADDRESS = re.compile(r"https://[\w.-]+(?::\d+)?(?:/[\w.~-]+)+")
TAG = re.compile(r"[\w.+/-]+")
TABLE = re.compile(r"\n\[project\.urls\]\n(?:[^\[\n].*\n)*")
SHOWN = re.compile(r'  <url type=".*?</url>\n|  <screenshots>.*?</screenshots>\n', re.DOTALL)
BEFORE = "  <launchable "  # the addresses stand before it, after the description

SCREENSHOTS = (
    ("window.png", "The thick scan above, the reconstructed one below, scores beside cubic"),
    ("curtain.png", "A curtain between the thick scan and the reconstructed one"),
    ("difference.png", "The thin truth minus the reconstructed scan"),
    ("regions.png", "The regions where the result is most likely wrong"),
    ("join.png", "Three stacks of a knee, joined to one volume"),
)


def main(arguments: list[str]) -> None:
    """Write both files.

    Args:
        arguments: The page of the repository and the tag, or the first, or none.

    Raises:
        SystemExit: There is no address, or it or the tag cannot be one.
    """
    address = page_of(arguments[0] if arguments else _origin())
    tag = arguments[1] if len(arguments) > 1 else f"v{_version()}"
    if not TAG.fullmatch(tag):
        sys.exit(f"'{tag}' is no tag that can stand in an address: give one such as v1.2.0.")
    project, metainfo = ROOT / PROJECT, ROOT / METAINFO
    project.write_text(with_table(project.read_text("utf-8"), address, tag), "utf-8", newline="\n")
    shown = with_screenshots(metainfo.read_text("utf-8"), address, tag)
    metainfo.write_text(shown, "utf-8", newline="\n")
    print(f"{PROJECT} and {METAINFO} are of {address} at {tag}.")


def page_of(remote: str) -> str:
    """The page of a repository.

    Args:
        remote: Its page, or what git calls a remote: https or ssh, with or without ".git".

    Returns:
        The address with https, without a user, ".git" or a slash at the end.

    Raises:
        SystemExit: It is not the address of a repository, but a folder, say.
    """
    over_ssh = REMOTE.fullmatch(remote) if not remote.startswith("http") else None
    page = f"https://{over_ssh[1]}/{over_ssh[2]}" if over_ssh else remote
    page = re.sub(r"^https://[^@/]+@", "https://", page).rstrip("/").removesuffix(".git")
    if not ADDRESS.fullmatch(page):
        sys.exit(f"'{remote}' is not the address of a repository: give https://HOST/OWNER/NAME.")
    return page


def with_table(project: str, address: str, tag: str) -> str:
    """A pyproject.toml with the addresses of the project.

    Args:
        project: The text of the file, with or without them.
        address: The page of the repository.
        tag: Of the release.

    Returns:
        The text with the table ``[project.urls]`` at its end.
    """
    files = f"{address}/blob/{tag}"
    urls = {
        "Homepage": address,
        "Documentation": f"{files}/docs/index.md",
        "Source": f"{address}/tree/{tag}",
        "Issues": f"{address}/issues",
        "Changelog": f"{files}/CHANGELOG.md",
    }
    lines = "".join(f'{name} = "{url}"\n' for name, url in urls.items())
    return TABLE.sub("", project) + "\n[project.urls]\n" + lines


def with_screenshots(metainfo: str, address: str, tag: str) -> str:
    """A metainfo with the addresses of the project and its screenshots.

    Args:
        metainfo: The text of the file, with or without them.
        address: The page of the repository.
        tag: Of the release, whose pictures are shown for ever.

    Returns:
        The text with them.
    """
    urls = {
        "homepage": address,
        "bugtracker": f"{address}/issues",
        "help": f"{address}/blob/{tag}/docs/index.md",
        "vcs-browser": f"{address}/tree/{tag}",
    }
    lines = [f'  <url type="{kind}">{escape(url)}</url>' for kind, url in urls.items()]
    lines.append("  <screenshots>")
    for number, (name, caption) in enumerate(SCREENSHOTS):
        lines += [
            "    <screenshot>" if number else '    <screenshot type="default">',
            f"      <caption>{escape(caption)}</caption>",
            f"      <image>{escape(f'{address}/raw/{tag}/docs/images/{name}')}</image>",
            "    </screenshot>",
        ]
    lines.append("  </screenshots>")
    head, mark, rest = SHOWN.sub("", metainfo).partition(BEFORE)
    return head + "\n".join(lines) + "\n" + mark + rest


def _version() -> str:
    text = (ROOT / VERSION).read_text("utf-8")
    return next(line.split('"')[1] for line in text.splitlines() if line.startswith("__version__"))


def _origin() -> str:
    command = ["git", "-C", str(ROOT), "remote", "get-url", "origin"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit("Git knows no remote 'origin' here: give the address of the repository.")
    return done.stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
