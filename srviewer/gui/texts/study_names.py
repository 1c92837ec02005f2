"""Names of open studies that can be distinguished from each other."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from srviewer.core.visible_text import visible_line
from srviewer.study.state.study_state import StudyState


def distinct_names(states: Sequence[StudyState]) -> list[str]:
    """Name studies for tabs and lists.

    Args:
        states: Open studies, each with a scan.

    Returns:
        The name of each scan; equal names have the folder in which their files differ before them
        ("sub-01/.../T1w"), or a number after them where the folders are the same ("T1w #2").
    """
    names = ["" if state.scan is None else visible_line(state.scan.name) for state in states]
    for name in _repeated(names):
        alike = [number for number, other in enumerate(names) if other == name]
        folders = [_folder(states[number]) for number in alike]
        for number, prefix in zip(alike, _prefixes(folders), strict=True):
            names[number] = f"{prefix}{name}"
    for name in _repeated(names):
        alike = [number for number, other in enumerate(names) if other == name]
        for count, number in enumerate(alike, start=1):
            names[number] = f"{name} #{count}"
    return names


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _folder(state: StudyState) -> Path | None:
    return state.sources[0].absolute().parent if state.sources else None


def _prefixes(folders: Sequence[Path | None]) -> list[str]:
    """The nearest folder above each file that is not the same for all, "" where there is none."""
    parts = [() if folder is None else folder.parts[::-1] for folder in folders]
    depth = min(map(len, parts))
    level = next((n for n in range(depth) if len({part[n] for part in parts}) > 1), None)
    if level is None:
        return [""] * len(folders)
    between = "\u2026/" if level else ""
    return [f"{visible_line(part[level])}/{between}" for part in parts]
