"""The paper's figures from our own scores and training logs, as PNG and SVG files.

The only place for matplotlib, which takes a second to load: import this module where figures are
drawn, not at the start of a program. Only its Figure is used, so that no window is ever asked for.
"""

import math
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from srviewer import RESEARCH_USE_ONLY
from srviewer.atomic import write_atomically
from srviewer.core.scores.metrics import metric
from srviewer.core.visible_text import visible_line
from srviewer.job import Job, Progress
from srviewer.sr.benchmark.image_sets import BICUBIC, BenchmarkResult, BenchmarkRow
from srviewer.sr.benchmark.paper import PAPER_FIGURES, PaperFigure
from srviewer.sr.training.log import LossCurves
from srviewer.unwritable import make_folder

FORMATS = ("png", "svg")
SIZE = (8.0, 4.8)  # inches
DOTS_PER_INCH = 150
# Where a legend hides no data.
BESIDE: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "frameon": False}
MARKERS = "osD^vP*X"
LEAST_SECONDS = 1e-4  # a logarithmic axis has no 0
# Bars start here below the least value, so that differences show; the axis says where.
AXIS_STEPS = {"psnr": 1.0, "ssim": 0.05}

Draw = Callable[[Figure], None]


def save_figures(
    result: BenchmarkResult, curves: Sequence[LossCurves], folder: Path
) -> Job[tuple[Path, ...]]:
    """Draw every figure of the paper for which there are rows or curves.

    Figure 4 needs ``curves``; 5 to 10 are drawn for each scale. A model that no figure of the
    paper names is drawn in figures 5 to 7.

    Args:
        result: The scores.
        curves: The losses of training runs.
        folder: Where the files are written; it is made where needed.

    Returns:
        A job whose result is the PNG and SVG files.

    Raises:
        UserError: The folder cannot be written to.
    """
    drawings = _drawings(result, curves)
    make_folder(folder)
    written: list[Path] = []
    for number, (name, draw) in enumerate(drawings):
        yield Progress(number / len(drawings), f"Drawing {name}")
        written.extend(_save(draw, folder / name))
    return tuple(written)


def _drawings(result: BenchmarkResult, curves: Sequence[LossCurves]) -> list[tuple[str, Draw]]:
    """(file name without suffix, function that draws it) of each figure."""
    drawings: list[tuple[str, Draw]] = []
    if curves:
        drawings.append(("figure-04", lambda figure: _draw_curves(figure, curves)))
    for scale in sorted({row.scale for row in result.rows}):
        for of_paper in PAPER_FIGURES:
            rows = _rows_of(of_paper, result, scale)
            if any(row.preset != BICUBIC for row in rows):
                name = f"figure-{of_paper.number:02d}-x{scale}"
                drawings.append((name, _drawing(of_paper, rows, result, scale)))
    return drawings


def _rows_of(of_paper: PaperFigure, result: BenchmarkResult, scale: int) -> list[BenchmarkRow]:
    named = {preset for figure in PAPER_FIGURES for preset in figure.presets}
    takes_others = "ours" in of_paper.presets

    def belongs(row: BenchmarkRow) -> bool:
        known = row.preset in (BICUBIC, *of_paper.presets)
        in_sets = not of_paper.sets or row.set.casefold() in of_paper.sets
        return (known or (takes_others and row.preset not in named)) and in_sets

    return [row for row in result.rows if row.scale == scale and belongs(row)]


def _drawing(
    of_paper: PaperFigure, rows: Sequence[BenchmarkRow], result: BenchmarkResult, scale: int
) -> Draw:
    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.set_title(f"{of_paper.title}, x{scale}", loc="left")
        if of_paper.axis == "seconds":
            _draw_times(axes, rows, result.device)
        else:
            _draw_bars(axes, rows, of_paper.axis)
        note = f"As figure {of_paper.number} of the paper. {result.protocol.title}."
        _annotate(figure, note)

    return draw


def _draw_bars(axes: Axes, rows: Sequence[BenchmarkRow], score: str) -> None:
    sets = list(dict.fromkeys(row.set for row in rows))
    models = list(dict.fromkeys(row.model for row in rows))
    values = {(row.set, row.model): float(getattr(row, score)) for row in rows}
    finite = [value for value in values.values() if math.isfinite(value)]
    step = AXIS_STEPS[score]
    bottom = (math.floor(min(finite) / step) - 1) * step if finite else 0.0
    width = 0.8 / len(models)
    colours = _colours(len(models))
    for number, model in enumerate(models):
        columns = [column for column, name in enumerate(sets) if (name, model) in values]
        heights = [_finite(values[sets[column], model]) for column in columns]
        lefts = [column + (number - (len(models) - 1) / 2) * width for column in columns]
        bars = axes.bar(lefts, heights, width * 0.92, label=_key(model), color=colours[number])
        axes.bar_label(
            bars, fmt=f"%.{metric(score).brief_decimals}f", fontsize=6, rotation=90, padding=2
        )
    axes.set_xticks(range(len(sets)), list(map(_literal, sets)))
    axes.set_ylim(bottom=bottom, top=max([bottom + step, *finite]) + step)
    axes.set_ylabel(f"{metric(score).axis_title}, from {bottom:g}")
    axes.grid(visible=False, axis="x")
    axes.legend(**BESIDE)


def _literal(text: str) -> str:
    """A name without markup: matplotlib sets text between dollars as mathematics."""
    return visible_line(text).replace("$", r"\$")


def _key(name: str) -> str:
    """A name for a legend; matplotlib leaves out those that begin with an underscore."""
    return f" {_literal(name)}" if name.startswith("_") else _literal(name)


def _finite(value: float) -> float:
    """The height of a bar: 0 where the score is infinite (equal images)."""
    return value if math.isfinite(value) else 0.0


def _draw_times(axes: Axes, rows: Sequence[BenchmarkRow], device: str) -> None:
    """Seconds an image against PSNR: a colour for each model, a marker for each set."""
    models = list(dict.fromkeys(row.model for row in rows))
    colours = dict(zip(models, _colours(len(models)), strict=True))
    markers = dict(zip(dict.fromkeys(row.set for row in rows), cycle(MARKERS)))
    for row in rows:
        colour = colours[row.model]
        axes.plot(max(row.seconds, LEAST_SECONDS), row.psnr, markers[row.set], color=colour)
    keys = [Line2D([], [], color=c, linewidth=5, label=_key(m)) for m, c in colours.items()]
    keys += [
        Line2D([], [], color="0.3", marker=m, linestyle="", label=_key(s))
        for s, m in markers.items()
    ]
    axes.set_xscale("log")
    axes.set_xlabel(f"seconds for an image ({_literal(device)}; bicubic: cpu)")
    axes.set_ylabel(metric("psnr").axis_title)
    axes.legend(handles=keys, **BESIDE)


def _colours(count: int) -> list[tuple[float, float, float, float]]:
    palette = mpl.colormaps["tab10" if count <= 10 else "tab20"]
    return [palette(number % palette.N) for number in range(count)]


def _draw_curves(figure: Figure, curves: Sequence[LossCurves]) -> None:
    """A column for each run and a row for each term, whose scale the runs share."""
    terms = list(dict.fromkeys(term for run in curves for term in run.terms))
    grid = figure.subplots(len(terms), len(curves), squeeze=False, sharex="col", sharey="row")
    for term, line in zip(terms, grid, strict=True):
        line[0].set_ylabel(f"{_literal(term)} loss")
        for run, axes in zip(curves, line, strict=True):
            axes.plot(*run.terms.get(term, ([], [])), linewidth=1.0)
    for run, top, bottom in zip(curves, grid[0], grid[-1], strict=True):
        top.set_title(_literal(run.name), loc="left")
        bottom.set_xlabel("step")
    _annotate(figure, "As figure 4 of the paper: the loss terms of each run.")


def _annotate(figure: Figure, note: str) -> None:
    figure.supxlabel(f"{note} {RESEARCH_USE_ONLY}", fontsize=7, color="0.35")


def _save(draw: Draw, stem: Path) -> list[Path]:
    style = mpl.rc_context(
        {
            "svg.hashsalt": "srviewer",  # the same data give the same file
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.alpha": 0.3,
        }
    )
    with style:
        figure = Figure(figsize=SIZE, layout="constrained")
        draw(figure)
        paths = [stem.with_name(f"{stem.name}.{suffix}") for suffix in FORMATS]
        for path in paths:
            write_atomically(path, lambda target: _write(figure, target), _check_filled)
    return paths


def _write(figure: Figure, target: Path) -> None:
    kind = target.suffix.removeprefix(".")
    dated = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(target, format=kind, dpi=DOTS_PER_INCH, metadata=dated)


def _check_filled(path: Path) -> None:
    if path.stat().st_size == 0:
        raise OSError("nothing was written")
