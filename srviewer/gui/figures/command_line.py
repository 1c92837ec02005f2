"""Command lines that make what the window shows, or reconstruct as it is set."""

import shlex
from dataclasses import fields

from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.regions.roi import Roi, shape_words
from srviewer.core.slices.figure_contents import FigureContents
from srviewer.core.slices.thick_slab import ThickSlab, slab_words
from srviewer.core.slices.turn import Turn, turns_words
from srviewer.errors import UserError
from srviewer.gui.figures.figure_contents import picture_of
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.offered import Comparable, compared
from srviewer.gui.texts.translation import tr
from srviewer.job import run
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.available_models import is_at_hand
from srviewer.sr.requests.request import Request
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import JoinRequest
from srviewer.study.state.compared_volumes import CUBIC, ORIGINAL
from srviewer.study.state.held_file import file_of
from srviewer.study.state.layouts import find_layout
from srviewer.study.state.origin import Origin

PROGRAM = "srviewer"
FIGURE = "figure.png"
# Options of ``screenshot`` for the fields of FigureContents: a value, or a word that stands alone.
VALUES = {
    "layout": "--layout",
    "at": "--at",
    "centre": "--centre",
    "window": "--window",
    "zoom": "--zoom",
    "plane": "--plane",
    "main": "--main",
    "colours": "--colours",
    "divider": "--divider",
    "tile_mm": "--tile",
    "span": "--range",
    "dpi": "--dpi",
    "theme": "--theme",
    "turns": "--turn",
    "slab": "--slab",
    "rotation": "--rotate",
}
WORDS = {
    "smooth": "--blocks",
    "radiological": "--neurological",
    "inverted": "--inverted",
    "crosshair": "--no-crosshair",
    "header_text": "--header-text",
    "upright": "--across",
}
# The settings of a request whose options have their names.
PLAIN_OPTIONS = (
    "fusion",
    "device",
    "precision",
    "profile",
    "time_bandwidth",
    "minimum",
    "agreement",
)


def screenshot_line(controller: StudyController, picture: FigureContents | None = None) -> str:
    """The command line that makes the figure, after those that make results that are not saved.

    Args:
        controller: The open study.
        picture: Contents of the figure; None for those of the window.

    Returns:
        Commands for a POSIX shell, joined by ``&&``.

    Raises:
        UserError: A volume is in no file, or no command makes it; two studies are shown.
    """
    picture = picture or picture_of(controller.study)
    if find_layout(picture.layout).second_study:
        raise UserError(
            tr("A command line draws one study. Save a figure instead, or choose another layout.")
        )
    scan = _scan(controller)
    visible = [entry for entry in compared(controller.study.state) if entry.volume is not None]
    if not find_layout(picture.layout).compares:
        visible = visible[:1]
    before, seconds = [], []
    for entry in visible:
        if entry.key != ORIGINAL:
            first, location = _location(controller, entry, scan)
            before += first
            seconds += ["--second", location, "--name", entry.name]
    arguments = [PROGRAM, "screenshot", *scan, "-o", FIGURE, *seconds]
    if ORIGINAL not in [entry.key for entry in visible]:
        arguments.append("--without-scan")
    arguments += [*_reference(controller), *_options(picture)]
    return " && ".join(shlex.join(line) for line in (*before, arguments))


def reconstruct_line(controller: StudyController) -> str:
    """The command line that reconstructs the open scan as the panel is set.

    Args:
        controller: The open study.

    Returns:
        A command for a POSIX shell.

    Raises:
        UserError: No scan is open, or it is in no file.
    """
    request = controller.study.request
    if request is None:
        raise UserError(tr("Open a scan first."))
    locked = None if controller.reconstructing.region is None else controller.study.locked
    return shlex.join([*_reconstruction(_scan(controller), request, controller), *_lock(locked)])


def _scan(controller: StudyController) -> list[str]:
    """The arguments that open the scan."""
    origin = controller.study.state.origin
    if origin is None:
        raise UserError(
            tr(
                "The open scan was made in this window, so that no command opens it. Export it, or "
                "open the file it was made from."
            )
        )
    series, paths = origin.series, [path.absolute() for path in origin.paths]
    if series.identify is not None:
        run(series.identify(origin.frame))  # no line for a file whose content has changed
    path = paths[0] if len(paths) == 1 else paths[0].parent
    arguments = [str(path)]
    if path.is_dir() or len(paths) > 1 or len(origin.found.series) > 1:
        arguments += ["--series", _which(origin)]
    return arguments if origin.frame == 0 else [*arguments, "--frame", str(origin.frame)]


def _which(origin: Origin) -> str:
    """The series' UID, or its number where there is no UID or several series share it."""
    uid = origin.series.uid
    alike = [series for series in origin.found.series if series.uid == uid]
    return uid if uid and len(alike) < 2 else str(origin.series.index)


def _location(
    controller: StudyController, entry: Comparable, scan: list[str]
) -> tuple[list[list[str]], str]:
    """Commands that must run first, and the path (or "cubic") of a compared volume."""
    if entry.key == CUBIC:
        return [], CUBIC
    assert entry.volume is not None
    path = file_of(entry.volume)
    if path is not None:
        return [], str(path)
    compared_volume = controller.study.compared_volumes.find(entry.key)
    if compared_volume is None or compared_volume.made is None:
        raise UserError(tr("'{name}' is in no file. Export it first.", name=entry.name))
    made, target = compared_volume.made, f"{entry.key}.nii.gz"
    if isinstance(made, Joined):
        return [_join(made, entry.name, target)], target
    return [_reconstruction(scan, made.request, controller, target)], target


def _join(joined: Joined, name: str, target: str) -> list[str]:
    """The arguments that join again; raises UserError where stacks are no files of their own."""
    source, request, plain = joined.volume.source, joined.request, JoinRequest()
    own = source is not None and len(source.files) == len(joined.stacks)
    if source is None or not own or not all(path.is_absolute() for path in source.paths):
        raise UserError(tr("'{name}' is in no file. Export it first.", name=name))
    arguments = [PROGRAM, "join", *map(str, source.paths), "-o", target]
    for field in ("reference", "grid", "register", "motion", "method", "precision"):
        if getattr(request, field) != getattr(plain, field):
            arguments += [f"--{field}", str(getattr(request, field))]
    if request.spacing_mm is not None:
        arguments += ["--spacing", repr(request.spacing_mm)]
    if method(request.method).needs_model:
        arguments += _option("--model", request.model)
    return arguments


def _reconstruction(
    scan: list[str], request: Request, controller: StudyController, target: str = "result.nii.gz"
) -> list[str]:
    arguments = [PROGRAM, "reconstruct", *scan, "-o", target, "--method", request.method]
    arguments += ["--axis", AXIS_NAMES[request.axis], "--factor", str(request.factor)]
    plain = Request(request.axis, request.factor)
    # The default model depends on the machine; a model that is not used may be deleted.
    if method(request.method).needs_model or is_at_hand(request.model):
        arguments += _option("--model", request.model)
    for name in PLAIN_OPTIONS:
        if getattr(request, name) != getattr(plain, name):
            arguments += [f"--{name.replace('_', '-')}", str(getattr(request, name))]
    if request.thickness_mm is not None:
        arguments += ["--thickness", repr(request.thickness_mm)]
    if request.repair:
        arguments += ["--repair", ",".join(request.repair)]
    for axis, factor in request.also:
        arguments += ["--also", f"{AXIS_NAMES[axis]}:{factor}"]
    arguments += _adaptation(request.adaptation)
    if request.texture:
        arguments += ["--texture", repr(request.texture)]
    arguments += [f"--{name}" for name in ("flips", "isotropic") if getattr(request, name)]
    if controller.reconstructing.concerns:
        arguments.append("--acknowledge")
    if controller.reconstructing.concerns or request.gaps != plain.gaps:
        arguments += ["--gaps", request.gaps]
    return arguments


def _adaptation(adaptation: Adaptation | None) -> list[str]:
    if adaptation is None:
        return []
    arguments = ["--adapt", repr(adaptation.seconds)] if adaptation.seconds else []
    arguments += ["--adapt-steps", str(adaptation.steps)] if adaptation.steps else []
    return [*arguments, "--adapt-seed", str(adaptation.seed)] if adaptation.seed else arguments


def _option(name: str, value: str) -> list[str]:
    """An option and its value; one that begins with a minus would be taken for an option."""
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def _lock(locked: Roi | None) -> list[str]:
    return [] if locked is None else [f"--lock-shape={shape_words(locked)}"]


def _reference(controller: StudyController) -> list[str]:
    reference = controller.study.reference
    path = file_of(reference.volume) if reference else None
    if reference is None or path is None or controller.study.scores is None:
        return []
    return ["--reference", str(path), "--meaning", reference.meaning]


def _options(picture: FigureContents) -> list[str]:
    """The options that differ from the defaults of the command."""
    arguments: list[str] = []
    plain = FigureContents()
    for field in fields(FigureContents):
        value = getattr(picture, field.name)
        if field.name in WORDS and value != getattr(plain, field.name):
            arguments.append(WORDS[field.name])
        elif field.name == "layout" or (
            field.name in VALUES and value != getattr(plain, field.name)
        ):
            arguments += _option(VALUES[field.name], _written(value))
    if (picture.width, picture.height) != (plain.width, plain.height):
        arguments += ["--size", f"{picture.width}x{picture.height}"]
    return arguments


def _written(value: object) -> str:
    """A value as text; numbers as short as they can be read back exactly."""
    if isinstance(value, ThickSlab):
        return slab_words(value)
    if isinstance(value, tuple) and isinstance(value[0], Turn):
        return turns_words(value)
    return ",".join(map(repr, value)) if isinstance(value, tuple) else str(value)
