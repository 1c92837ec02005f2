"""Entry point: no arguments or only files open the window, a verb runs the command line."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from srviewer import __version__
from srviewer.cli.console.terminal import visible_output
from srviewer.cli.main import DONE, FAILED, VERB_NAMES, WRONG_USAGE, overview
from srviewer.cli.main import main as run_verb
from srviewer.stop_signals import STOP, leave, status_after

SAMPLES = ("thick", "stacks")


def main(argv: Sequence[str] | None = None) -> int:
    """Run srviewer.

    Args:
        argv: Arguments without the name of the program; None for those of the process, which then
            ends at once after a verb or a signal.

    Returns:
        The exit status.
    """
    with STOP.listening():
        arguments = list(sys.argv[1:] if argv is None else argv)
        status = _run(arguments)
        if argv is None:
            leave(status, at_once=_names_a_verb(arguments))
    return status


def _names_a_verb(arguments: list[str]) -> bool:
    return bool(arguments) and arguments[0] in VERB_NAMES


def _run(arguments: list[str]) -> int:
    if _names_a_verb(arguments):
        return run_verb(arguments, {"render": _render})
    if {"-h", "--help"} & set(arguments):
        print(overview())
        return DONE
    try:
        return _open_window(arguments)
    except KeyboardInterrupt as stopped:
        return status_after(stopped)


def window_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the arguments of the window.

    Args:
        arguments: Without the name of the program.

    Returns:
        ``paths``, ``sample`` (one of ``SAMPLES``, or "") and ``reconstruct``.
    """
    parser = argparse.ArgumentParser(prog="srviewer", add_help=False)
    parser.add_argument("paths", type=Path, nargs="*")
    parser.add_argument("--sample", nargs="?", const=SAMPLES[0], default="")
    parser.add_argument("--reconstruct", action="store_true")
    parser.add_argument("--version", action="version", version=f"srviewer {__version__}")
    with visible_output():
        args = parser.parse_args(arguments)
    if args.sample and args.sample not in SAMPLES:  # a path after --sample without a value
        args.paths.insert(0, Path(args.sample))
        args.sample = SAMPLES[0]
    return args


def _open_window(arguments: list[str]) -> int:
    args = window_arguments(arguments)
    for path in args.paths:
        if not os.path.exists(path):  # noqa: PTH110  (Path.exists raises in a closed folder)
            with visible_output():
                print(
                    f"srviewer: there is no file, folder or verb '{path}'. See srviewer --help.",
                    file=sys.stderr,
                )
            return FAILED if path.suffix else WRONG_USAGE
    # Qt takes a second to load and a verb does not need it.
    from srviewer.gui.window.app import open_window

    return open_window(args.paths, sample=args.sample, reconstruct=args.reconstruct)


def _render(*args: object) -> None:
    # As above; the command line's side must not know the window's.
    from srviewer.gui.figures.screenshot import render

    with STOP.steps(patient=True):  # Qt lets no exception out of what it calls
        render(*args)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
