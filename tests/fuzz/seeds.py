"""A target of the fuzzer, and intact files that srviewer itself writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from srviewer.core.comparison.comparison import Scores
from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.paths import resource
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.trust.self_test import SelfTest, SelfTestRow
from srviewer.study.sessions.document import (
    SavedLabel,
    SavedLoaded,
    SavedOverlay,
    SavedReference,
    SavedResult,
    SavedScan,
    SavedSession,
    SavedStudy,
    plain_fields,
)
from srviewer.study.sessions.file_location import FileLocation
from srviewer.study.sessions.session_file import write_session
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.study_state import StudyState, Tested
from srviewer.study.state.view import View

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
    place = FileLocation(Path("/data/a.nii"))
    request = Request(2, 4, "linear", adaptation=Adaptation(60.0), also=((1, 2),))
    row = SelfTestRow("i", {"psnr": 30.5, "ssim": 0.9}, {"psnr": 29.0, "ssim": 0.85})
    lesion = Roi("ellipse", Plane.CORONAL, ((1.0, 0.0, 0.0), (4.0, 0.0, 0.0), (1.0, 0.0, 3.0)))
    state = StudyState(
        request=request,
        acknowledged=True,
        comparing=Comparing("compare", 0.25, False, 12.0, 0.0, False, "residual", 0.02, 0.5),
        view=View((1.0, -2.5, 3.0), Window(0.0, 812.5), None, 1.5, Plane.AXIAL),
        rois=(lesion,),
        locked=lesion,
        tested=(Tested(request, SelfTest(4, (row,), "linear", None, 1.5, ())),),
    )
    scores = Scores({"psnr": 30.5}, ([{"psnr": None}], [], []), 900.0, "foreground", 7, "truth")
    liver = SavedLabel(1, "liver", (0, 128, 255))
    study = SavedStudy(
        scan=SavedScan((place,), "a.nii", 0, 0, None, "a name"),
        results=(
            SavedResult(
                place, {"disagreement": place}, "fast", True, "fast", ScoredPair(scores, scores)
            ),
        ),
        reference=SavedReference(place, "the loaded truth", False),
        layers=(SavedOverlay(place, 0.5, None, (liver,), (1, 7), True),),
        loaded=(SavedLoaded(place, "last year"),),
        shown=("original", "loaded-0"),
        state=plain_fields(state),
    )
    with TemporaryDirectory() as folder:
        write_session(Path(folder) / "s.srviewer", SavedSession((study, study), 1))
        return {"s.srviewer": (Path(folder) / "s.srviewer").read_bytes()}
