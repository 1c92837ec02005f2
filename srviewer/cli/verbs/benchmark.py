"""srviewer benchmark images: the paper's tables and figures for sets of 2D images."""

import argparse
from dataclasses import asdict
from pathlib import Path

from srviewer import RESEARCH_USE_ONLY
from srviewer.cli.console.paper_tables import paper_tables
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress, table
from srviewer.cli.options.outputs import check_outputs
from srviewer.cli.options.values import whole_numbers, words
from srviewer.core.scores.image_scores import PROTOCOLS, protocol
from srviewer.core.scores.metrics import metric
from srviewer.errors import UserError
from srviewer.sr.benchmark.image_sets import BenchmarkResult, benchmark_images
from srviewer.sr.training.log import loss_curves


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare sets, scales, models and the folder of the figures.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument("kind", choices=("images",), help="the kind of data")
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="a set of images")
    parser.add_argument("--scales", type=whole_numbers, default=(2, 4), metavar="2,4")
    parser.add_argument(
        "--models", type=words, default=(), metavar="a,b", help="besides bicubic: names or files"
    )
    parser.add_argument(
        "--protocol",
        choices=[row.id for row in PROTOCOLS],
        default=PROTOCOLS[0].id,
        help="; ".join(f"{row.id}: {row.title}" for row in PROTOCOLS),
    )
    parser.add_argument(
        "--figures", type=Path, metavar="FOLDER", help="save the paper's figures as PNG and SVG"
    )
    parser.add_argument(
        "--logs",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="training logs whose losses are figure 4; needs --figures",
    )


def execute(args: argparse.Namespace) -> VerbOutput:
    """Score every model on every set at every scale; bicubic is always among them.

    Args:
        args: The parsed arguments.

    Returns:
        The scores as tables, also in the layout of the paper's.

    Raises:
        UserError: There are logs without a folder for figures.
    """
    check_outputs(args, [])
    if args.logs and args.figures is None:
        raise UserError("--logs are drawn as figure 4: say with --figures in which folder.")
    curves = [loss_curves(path) for path in args.logs]
    job = benchmark_images(
        args.folders, args.scales, args.models, protocol(args.protocol), args.device
    )
    result = run_with_progress(job)
    figures: tuple[Path, ...] = ()
    if args.figures is not None:
        from srviewer.sr.benchmark.paper_figures import (
            save_figures,  # matplotlib takes a second to load
        )

        figures = run_with_progress(save_figures(result, curves, args.figures))
    parts = (_header(result), _rows_table(result), paper_tables(result.rows), _written(figures))
    values = {
        "protocol": result.protocol.id,
        "device": result.device,
        "rows": [asdict(row) for row in result.rows],
        "figures": [str(path) for path in figures],
    }
    return VerbOutput("\n\n".join(part for part in parts if part), values)


def _header(result: BenchmarkResult) -> str:
    sets = {row.set: row.images for row in result.rows}
    data = ", ".join(
        f"{name} ({count} image{'s' if count > 1 else ''})" for name, count in sets.items()
    )
    device = f"Networks ran on: {result.device}. " if result.device else ""
    return (
        f"Protocol {result.protocol.id}: {result.protocol.title}; images cropped to a multiple of "
        f"the scale, shrunk by antialiased bicubic, rounded to 8 bits.\n"
        f"SSIM: 11 x 11 Gaussian window of sigma 1.5, where it lies inside the image.\n"
        f"Data: {data}. {device}Seconds: mean for one image.\n"
        f"{RESEARCH_USE_ONLY}"
    )


def _rows_table(result: BenchmarkResult) -> str:
    head = ("set", "scale", "model", metric("psnr").heading, metric("ssim").heading, "seconds")
    lines = [
        (
            row.set,
            f"x{row.scale}",
            row.model,
            f"{row.psnr:.3f}",
            f"{row.ssim:.4f}",
            f"{row.seconds:.3f}",
        )
        for row in result.rows
    ]
    return table(head, lines)


def _written(figures: tuple[Path, ...]) -> str:
    return "\n".join(f"written: {path}" for path in figures)
