"""What the window shows or is set to do, as a line for a shell that makes the same."""

import shlex
from dataclasses import fields
from pathlib import Path

from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.regions.roi import Roi, shape_words
from srviewer.core.slices.figure_contents import Picture
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.figures.figure_contents import picture_of
from srviewer.gui.study.study_actions import Study
from srviewer.gui.texts.offered import Comparable, compared
from srviewer.gui.texts.translation import tr
from srviewer.job import run
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.available_models import is_at_hand
from srviewer.sr.requests.request import Request
from srviewer.study.state.comparables import CUBIC, ORIGINAL
from srviewer.study.state.layouts import find_layout
from srviewer.study.state.origin import Origin

PROGRAM = "srviewer"
FIGURE = "figure.png"
# Options of ``screenshot`` for the fields of a Picture: a value, or a word that stands alone.
VALUES = {
    "layout": "--layout",
    "at": "--at",
    "centre": "--centre",
    "window": "--window",
    "zoom": "--zoom",
    "plane": "--plane",
    "colours": "--colours",
    "divider": "--divider",
    "tile_mm": "--tile",
    "span": "--range",
    "dpi": "--dpi",
    "theme": "--theme",
}
WORDS = {
    "smooth": "--blocks",
    "radiological": "--neurological",
    "inverted": "--inverted",
    "crosshair": "--no-crosshair",
    "upright": "--across",
}


def screenshot_line(study: Study, picture: Picture | None = None) -> str:
    """The line that makes a figure of what is shown; first those that make unsaved results.

    Raises UserError for what no file holds and no command makes.
    """
    picture = picture or picture_of(study.session)
    scan = _scan(study)
    visible = [one for one in compared(study.session.state) if one.volume is not None]
    if not find_layout(picture.layout).compares:
        visible = visible[:1]
    before, seconds = [], []
    for one in visible:
        if one.key != ORIGINAL:
            first, place = _place(study, one, scan)
            before += first
            seconds += ["--second", place, "--name", one.name]
    words = [PROGRAM, "screenshot", *scan, "-o", FIGURE, *seconds]
    if ORIGINAL not in [one.key for one in visible]:
        words.append("--without-scan")
    words += [*_reference(study), *_options(picture)]
    return " && ".join(shlex.join(line) for line in (*before, words))


def reconstruct_line(study: Study) -> str:
    """The line that rebuilds the open scan as the panel is set; UserError as above."""
    request = study.session.request
    if request is None:
        raise UserError(tr("Open a scan first."))
    locked = None if study.region is None else study.session.locked
    return shlex.join([*_reconstruction(_scan(study), request, study), *_lock(locked)])


def _scan(study: Study) -> list[str]:
    """The arguments that open the scan."""
    origin = study.session.state.origin
    if origin is None:
        raise UserError(
            tr(
                "The open scan was made in this window, so that no command opens it. Export it, or "
                "open the file it was made from."
            )
        )
    series, paths = origin.series, [path.absolute() for path in origin.paths]
    if series.identify is not None:
        run(series.identify(origin.frame))  # no line for a file that is another scan by now
    path = paths[0] if len(paths) == 1 else paths[0].parent
    words = [str(path)]
    if path.is_dir() or len(paths) > 1 or len(origin.found.series) > 1:
        words += ["--series", _which(origin)]
    return words if origin.frame == 0 else [*words, "--frame", str(origin.frame)]


def _which(origin: Origin) -> str:
    """The series' UID, or its number where that is no series' own."""
    uid = origin.series.uid
    alike = [one for one in origin.found.series if one.uid == uid]
    return uid if uid and len(alike) < 2 else str(origin.series.index)


def _place(study: Study, one: Comparable, scan: list[str]) -> tuple[list[list[str]], str]:
    """The lines that must come first, and the path (or "cubic") of what is compared."""
    if one.key == CUBIC:
        return [], CUBIC
    assert one.volume is not None
    path = study.session.state.file_of(one.volume)
    if path is not None:
        return [], str(path)
    kept = study.session.comparables.find(one.key)
    if kept is None or kept.made is None:
        raise UserError(tr("'{name}' is in no file. Export it first.", name=one.name))
    target = f"{one.key}.nii.gz"
    return [_reconstruction(scan, kept.made.request, study, target)], target


def _reconstruction(
    scan: list[str], request: Request, study: Study, target: str = "result.nii.gz"
) -> list[str]:
    words = [PROGRAM, "reconstruct", *scan, "-o", target, "--method", request.method]
    words += ["--axis", AXIS_NAMES[request.axis], "--factor", str(request.factor)]
    plain = Request(request.axis, request.factor)
    # Which one is the default depends on the machine; one that is not used may be gone.
    if method(request.method).needs_model or is_at_hand(request.model):
        words += _option("--model", request.model)
    for name in ("fusion", "device", "profile", "minimum"):
        if getattr(request, name) != getattr(plain, name):
            words += [f"--{name}", str(getattr(request, name))]
    if request.thickness_mm is not None:
        words += ["--thickness", repr(request.thickness_mm)]
    if request.repair:
        words += ["--repair", ",".join(request.repair)]
    for axis, factor in request.also:
        words += ["--also", f"{AXIS_NAMES[axis]}:{factor}"]
    words += _adaptation(request.adaptation)
    if request.texture:
        words += ["--texture", repr(request.texture)]
    words += [f"--{name}" for name in ("flips", "isotropic") if getattr(request, name)]
    if study.concerns:
        words.append("--acknowledge")
    if study.concerns or request.gaps != plain.gaps:
        words += ["--gaps", request.gaps]
    return words


def _adaptation(asked: Adaptation | None) -> list[str]:
    if asked is None:
        return []
    words = ["--adapt", repr(asked.seconds)] if asked.seconds else []
    words += ["--adapt-steps", str(asked.steps)] if asked.steps else []
    return [*words, "--adapt-seed", str(asked.seed)] if asked.seed else words


def _option(name: str, value: str) -> list[str]:
    """A value that begins with a minus would be taken for an option."""
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def _lock(locked: Roi | None) -> list[str]:
    return [] if locked is None else [f"--lock-shape={shape_words(locked)}"]


def _reference(study: Study) -> list[str]:
    reference = study.session.reference
    path = _file(study, reference.volume) if reference else None
    if reference is None or path is None or study.session.scores is None:
        return []
    return ["--reference", str(path), "--meaning", reference.meaning]


def _file(study: Study, volume: Volume) -> Path | None:
    return study.session.state.file_of(volume)


def _options(picture: Picture) -> list[str]:
    """What differs from the command's own defaults."""
    words: list[str] = []
    plain = Picture()
    for field in fields(Picture):
        value = getattr(picture, field.name)
        if field.name in WORDS and value != getattr(plain, field.name):
            words.append(WORDS[field.name])
        elif field.name == "layout" or (
            field.name in VALUES and value != getattr(plain, field.name)
        ):
            words += [VALUES[field.name], _written(value)]
    if (picture.width, picture.height) != (plain.width, plain.height):
        words += ["--size", f"{picture.width}x{picture.height}"]
    return words


def _written(value: object) -> str:
    """Numbers as short as they can be read back exactly."""
    return ",".join(map(repr, value)) if isinstance(value, tuple) else str(value)
