"""Rows of the tables: a library, a call of it, and the function that makes the call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Generic, TypeVar

from srviewer import __version__

Function = TypeVar("Function", bound=Callable[..., object])

DISTRIBUTIONS = {  # name that users know -> name on PyPI
    "ANTsPy": "antspyx",
    "DIPY": "dipy",
    "MONAI": "monai",
    "nibabel": "nibabel",
    "nilearn": "nilearn",
    "PyTorch": "torch",
    "pytorch-msssim": "pytorch-msssim",
    "scikit-image": "scikit-image",
    "SciPy": "scipy",
    "SimpleITK": "SimpleITK",
    "TorchIO": "torchio",
    "torchmetrics": "torchmetrics",
}


@dataclass(frozen=True)
class Call(Generic[Function]):
    """A call that a user of the library would write; ``text`` is it, in short."""

    library: str
    text: str
    function: Function


def installed(library: str) -> str:
    """The version of a library; "" where it is not installed."""
    if library == "srviewer":
        return __version__
    try:
        return version(DISTRIBUTIONS[library])
    except PackageNotFoundError:
        return ""


def versions() -> str:
    """A sentence with every library and its version, or "not installed"."""
    names = ("srviewer", *sorted(DISTRIBUTIONS, key=str.lower))
    return ", ".join(f"{name} {installed(name) or 'not installed'}" for name in names) + "."


def line(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def head(*titles: str) -> str:
    """The first two lines of a Markdown table."""
    return f"{line(titles)}\n|{'---|' * len(titles)}"


def row_of(call: Call[Function], columns: int, cells: Callable[[Function], Sequence[str]]) -> str:
    """The row of a call: its cells, or "not installed" in the first of so many columns."""
    found: Sequence[str] = ["not installed", *[""] * (columns - 1)]
    if installed(call.library):
        found = cells(call.function)
    return line([call.library, call.text, *found])
