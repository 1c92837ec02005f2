"""Writes THIRD_PARTY_LICENCES.md from what is installed: packages and their licences."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Third-party licences

What an installation of srviewer brings with it, each under its own licence; the full texts lie in
the packages themselves.
vtk comes with the extra `3d` alone, and not with the frozen build. Written by
`python packaging/third_party_licences.py`; versions are in `constraints.txt`.
PySide6 is used under the LGPL and linked dynamically: its libraries lie as files beside the
program, also in the frozen build, and can be replaced.

| package | licence |
|---|---|
"""

DATA = """
## Data

| data | licence | notice |
|---|---|---|
| a T2 scan of a head, from rordenlab/niimath-bitmap | CC0-1.0 | `resources/sample/LICENCE.md` |
| three stacks of a knee, from flothesof/knee_mri | MIT | `resources/sample/stacks/LICENCE.md` |
"""


def main() -> None:
    """Write the tables."""
    rows = [f"| {name} | {_licence(found)} |" for name, found in sorted(_needed().items())]
    (ROOT / "THIRD_PARTY_LICENCES.md").write_text(HEAD + "\n".join(rows) + "\n" + DATA, "utf-8")


def _needed() -> dict[str, Distribution]:
    """Everything that srviewer needs to run, directly or not, by lower-case name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [*project["dependencies"], "distributed"]  # the extra of dask that is asked for
    waiting += project["optional-dependencies"]["3d"]
    found: dict[str, Distribution] = {}
    while waiting:
        name = re.split(r"[^A-Za-z0-9._-]", waiting.pop())[0].lower()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # of another system or another Python
            continue
        waiting += [line for line in found[name].requires or () if "extra ==" not in line]
    return found


def _licence(package: Distribution) -> str:
    """In one line: the SPDX expression, else the classifier, else the first line of the field."""
    about = package.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    kinds = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    if kinds:
        return "; ".join(kinds)
    return (about.get("License") or "see its package").strip().splitlines()[0][:80]


if __name__ == "__main__":
    main()
