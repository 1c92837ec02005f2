"""A target of the fuzzer, and intact files that srviewer itself writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from srviewer.io.saved_looks import SavedComparing, SavedLoaded, SavedView
from srviewer.io.saved_study import SavedReference, SavedResult, SavedScan, SavedStudy
from srviewer.io.session_fields import Place

from srviewer.paths import resource
from srviewer.study.session_file import SavedSession, write_session

Damage = Callable[[bytes, Random], bytes]


@dataclass(frozen=True)
class Target:
    """``seeds``: file name -> intact content. ``open`` reads the damaged file.

    ``beside``: files that lie next to it and stay intact. Whatever ``open`` raises other than a
    UserError is a finding.
    """

    id: str
    seeds: Mapping[str, bytes]
    beside: Mapping[str, bytes]
    damage: Damage
    open: Callable[[Path], None]


def model_seed() -> dict[str, bytes]:
    """The smallest model that ships."""
    return {"m.safetensors": (resource("models") / "fast.safetensors").read_bytes()}


def session_seed() -> dict[str, bytes]:
    """Two studies with something in every field."""
    place = Place(Path("/data/a.nii"))
    study = SavedStudy(
        scan=SavedScan((place,), "a.nii", 0, 0),
        results=(SavedResult(place, {"disagreement": place}, "fast", True),),
        reference=SavedReference(place, "the loaded truth", False),
        request={"axis": 2, "factor": 4, "method": "linear", "isotropic": False},
        acknowledged=True,
        view=SavedView((1.0, -2.5, 3.0), (0.0, 812.5), None, 1.5, "axial", "compare"),
        loaded=(SavedLoaded(place, "last year"),),
        shown=("original", "loaded-0"),
        comparing=SavedComparing(0.25, False, 12.0, 0.0, "residual", 0.02, 0.5),
    )
    with TemporaryDirectory() as folder:
        write_session(Path(folder) / "s.srviewer", SavedSession((study, study), 1))
        return {"s.srviewer": (Path(folder) / "s.srviewer").read_bytes()}
