"""The pages of the API: one for each package, made of the docstrings."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def packages() -> tuple[str, ...]:
    """Find the packages of srviewer.

    Returns:
        Their dotted names, from the whole down, in the order of the alphabet.
    """
    folders = sorted(path.parent for path in (ROOT / "srviewer").rglob("__init__.py"))
    return tuple(".".join(folder.relative_to(ROOT).parts) for folder in folders)


def page_of(package: str) -> str:
    """Name the page of a package.

    Args:
        package: Its dotted name.

    Returns:
        The page's path in the site's sources.
    """
    return f"api/{package}.md"


def page(package: str) -> str:
    """Write the page of a package.

    Args:
        package: Its dotted name.

    Returns:
        Markdown with the docstring of the package, then a section for each of its modules.
    """
    return "\n\n".join((f"# {package}", f"::: {package}", *_sections(package))) + "\n"


def _sections(package: str) -> Iterator[str]:
    for file in sorted((ROOT / package.replace(".", "/")).glob("[!_]*.py")):
        yield f"## {file.stem}"
        yield f"::: {package}.{file.stem}"
