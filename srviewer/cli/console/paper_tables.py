"""Tables in the layout of the paper's: our score, the paper's, and the difference."""

from collections.abc import Mapping, Sequence
from textwrap import fill

from srviewer.cli.console.verb_output import table
from srviewer.core.scores.metrics import metric
from srviewer.sr.benchmark.image_sets import BenchmarkRow
from srviewer.sr.benchmark.paper import PAPER_TABLES, Metric, PaperTable, is_impossible

DECIMALS: Mapping[Metric, int] = {"psnr": 3, "ssim": 4}
ABSENT = "-"
IMPOSSIBLE = "!"
NOTE_WIDTH = 100

Column = tuple[str, int]  # set, scale
Key = tuple[str, str, int]  # preset, set in lower case, scale
Measured = Mapping[Key, BenchmarkRow]
Line = Sequence[str]


def paper_tables(rows: Sequence[BenchmarkRow]) -> str:
    """The tables of the paper of which a score was measured.

    Args:
        rows: Scores; of two models of one preset, the first stands for it.

    Returns:
        The tables as text; "" when there is none.
    """
    measured: dict[Key, BenchmarkRow] = {}
    for row in rows:
        measured.setdefault((row.preset, row.set.casefold(), row.scale), row)
    texts = [_text(of_paper, measured) for of_paper in PAPER_TABLES]
    return "\n\n".join(text for text in texts if text)


def _text(of_paper: PaperTable, measured: Measured) -> str:
    presets = [
        (preset, name)
        for preset, name in of_paper.models
        if any(_key(preset, column) in measured for column in of_paper.places)
    ]
    columns = [
        column
        for column in of_paper.places
        if any(_key(preset, column) in measured for preset, _ in presets)
    ]
    if not columns:
        return ""
    lay_out = _models_across if of_paper.columns == "models" else _sets_across
    text = lay_out(of_paper, presets, columns, measured)
    notes = list(of_paper.notes)
    if IMPOSSIBLE in text:
        notes.append(f"{IMPOSSIBLE} marks what cannot be: SSIM is at most 1.")
    wrapped = [
        fill(note, NOTE_WIDTH, initial_indent="  ", subsequent_indent="    ") for note in notes
    ]
    return "\n".join([f"Table {of_paper.number}. {of_paper.title}", text, *wrapped])


def _models_across(
    of_paper: PaperTable,
    presets: Sequence[tuple[str, str]],
    columns: Sequence[Column],
    measured: Measured,
) -> str:
    """Tables 1 to 3: three lines for each set and scale, a column for each model."""
    (score,) = of_paper.metrics
    lines: list[tuple[str, ...]] = []
    for column in columns:
        cells = [_cells(of_paper, score, column, preset, measured) for preset, _ in presets]
        lines.extend(_three_lines((column[0], f"x{column[1]}"), cells))
    head = ("Dataset", "Scale", metric(score).heading, *(name for _, name in presets))
    return table(head, lines)


def _sets_across(
    of_paper: PaperTable,
    presets: Sequence[tuple[str, str]],
    columns: Sequence[Column],
    measured: Measured,
) -> str:
    """Tables 4 and 5: three lines for each method and scale, PSNR/SSIM of a set in a column."""
    sets = list(dict.fromkeys(name for name, _ in columns))
    lines: list[tuple[str, ...]] = []
    for scale in dict.fromkeys(scale for _, scale in columns):
        for preset, title in presets:
            pairs = [
                zip(
                    *(
                        _cells(of_paper, score, (name, scale), preset, measured)
                        for score in of_paper.metrics
                    ),
                    strict=True,
                )
                for name in sets
            ]
            cells = [tuple("/".join(both) for both in pair) for pair in pairs]
            lines.extend(_three_lines((title, f"x{scale}"), cells))
    titles = "/".join(metric(score).heading for score in of_paper.metrics)
    head = ("Method", "Scale", titles, *sets)
    return table(head, lines)


def _three_lines(start: tuple[str, str], cells: Sequence[Line]) -> list[tuple[str, ...]]:
    """Lines named ours, paper and difference from cells of those three values."""
    starts = (start, ("", ""), ("", ""))
    return [
        (*starts[n], word, *(cell[n] for cell in cells))
        for n, word in enumerate(("ours", "paper", "difference"))
    ]


def _cells(
    of_paper: PaperTable, score: Metric, column: Column, preset: str, measured: Measured
) -> tuple[str, str, str]:
    """Ours, the paper's and the difference as text."""
    decimals = DECIMALS[score]
    printed = of_paper.printed(score, column, preset)
    mark = IMPOSSIBLE if is_impossible(score, printed) else ""
    row = measured.get(_key(preset, column))
    if row is None:
        return ABSENT, f"{printed:g}{mark}", ABSENT
    ours = row.psnr if score == "psnr" else row.ssim
    return f"{ours:.{decimals}f}", f"{printed:g}{mark}", f"{ours - printed:+.{decimals}f}"


def _key(preset: str, column: Column) -> Key:
    return preset, column[0].casefold(), column[1]
