"""The table of verbs, and the run of one from an argument list to an exit status."""

import argparse
import importlib
import io
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.cli.console.terminal import visible_output
from srviewer.errors import UserError, as_user_error
from srviewer.stop_signals import STOP, status_after
from srviewer.temporary_names import remove_own

if TYPE_CHECKING:
    from srviewer.cli.console.verb_output import VerbOutput

DONE, FAILED, WRONG_USAGE = 0, 1, 2


class VerbModule(Protocol):
    """The interface of a verb's module."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's own arguments.

        Args:
            parser: The parser of the verb.
        """

    def execute(self, args: argparse.Namespace) -> "VerbOutput":
        """Do the work of the verb.

        Args:
            args: The parsed arguments, and ``doors`` as given to ``main``.

        Returns:
            The output; UserError for an error that the user can act on.
        """


@dataclass(frozen=True)
class Verb:
    """A verb and its module, imported only when the verb is used.

    Attributes:
        name: The name on the command line.
        summary: One line for the help.
        module: The name of a module with the interface VerbModule.
    """

    name: str
    summary: str
    module: str


VERBS = (
    Verb(
        "info", "what a file or folder holds: series, geometry, warnings", "srviewer.cli.verbs.info"
    ),
    Verb(
        "reconstruct",
        "estimate a thin-slice volume from a thick-slice scan",
        "srviewer.cli.verbs.reconstruct",
    ),
    Verb(
        "join",
        "several stacks of one person and contrast to one volume",
        "srviewer.cli.verbs.join",
    ),
    Verb(
        "batch", "reconstruct many scans, in parallel or on a cluster", "srviewer.cli.verbs.batch"
    ),
    Verb(
        "bids", "a BIDS data set reconstructed, shared among many jobs", "srviewer.cli.verbs.bids"
    ),
    Verb("self-test", "what a method gains on this very scan", "srviewer.cli.verbs.self_test"),
    Verb("simulate", "make a thick scan from a thin one", "srviewer.cli.verbs.simulate"),
    Verb("compare", "score a volume against a reference", "srviewer.cli.verbs.compare"),
    Verb("evaluate", "simulate, reconstruct and score, as a table", "srviewer.cli.verbs.evaluate"),
    Verb("benchmark", "the paper's tables for sets of 2D images", "srviewer.cli.verbs.benchmark"),
    Verb("train", "train a network on thin volumes", "srviewer.cli.verbs.train"),
    Verb(
        "train-features",
        "the feature network of the perceptual losses",
        "srviewer.cli.verbs.train_features",
    ),
    Verb("screenshot", "what the window would show, as a figure", "srviewer.cli.verbs.screenshot"),
    Verb("models", "the trained networks that can be used", "srviewer.cli.verbs.models"),
    Verb("presets", "what can be trained", "srviewer.cli.verbs.presets"),
    Verb("diagnose", "versions, devices, decoders, folders", "srviewer.cli.verbs.diagnose"),
)
VERB_NAMES = frozenset(verb.name for verb in VERBS)


def main(argv: Sequence[str], doors: dict[str, Callable[..., object]]) -> int:
    """Run a verb.

    Args:
        argv: The arguments, the verb first.
        doors: Functions of the window's side by name; this side may not import them.

    Returns:
        The exit status: DONE, FAILED, or that of a signal; wrong usage raises SystemExit.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's encoding lacks must not end a verb that succeeded.
        sys.stdout.reconfigure(errors="backslashreplace")
    with STOP.listening(), visible_output():
        try:
            # Loading what a verb needs takes a second, in which it may be cancelled as well.
            module, args = _parsed(argv, doors)
            return _run(module, args)
        except KeyboardInterrupt as stopped:
            remove_own()
            return status_after(stopped)


def _parsed(
    argv: Sequence[str], doors: dict[str, Callable[..., object]]
) -> tuple[VerbModule, argparse.Namespace]:
    verb = next(verb for verb in VERBS if verb.name == argv[0])
    module: VerbModule = importlib.import_module(verb.module)
    parser = argparse.ArgumentParser(
        prog=f"srviewer {verb.name}", description=f"{verb.summary}. {RESEARCH_USE_ONLY}"
    )
    module.add_arguments(parser)
    _add_common_arguments(parser)
    return module, parser.parse_args(_joined(argv[1:]), argparse.Namespace(doors=doors))


def _joined(arguments: Sequence[str]) -> list[str]:
    """``--at -1,2,3`` as ``--at=-1,2,3``: argparse takes a leading minus for an option."""
    joined = list(arguments)
    for option in ("--at", "--centre", "--window"):
        if option in joined[:-1]:
            index = joined.index(option)
            joined[index : index + 2] = [f"{option}={joined[index + 1]}"]
    return joined


def _add_common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write the output as JSON; - for stdout")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to compute"
    )
    parser.add_argument("--debug", action="store_true", help="show where an error arose")


def _run(module: VerbModule, args: argparse.Namespace) -> int:
    from srviewer.cli.console.verb_output import abandon_output, publish

    try:
        publish(module.execute(args), args.json)
    except BrokenPipeError:
        abandon_output()
        return FAILED
    except Exception as raised:
        error = as_user_error(raised)
        if not isinstance(error, UserError):
            raise
        if args.debug:
            traceback.print_exc()
        print(f"srviewer: {error}", file=sys.stderr)
        return FAILED
    return DONE


def overview() -> str:
    """The text of ``srviewer --help``."""
    width = max(len(verb.name) for verb in VERBS)
    verbs = "\n".join(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS)
    return (
        f"srviewer {__version__}: thick-slice MRI reconstructed thin, compared and scored.\n"
        f"{RESEARCH_USE_ONLY}\n\n"
        "usage: srviewer [PATH ...]            the window, with these opened\n"
        "       srviewer --sample [stacks]     on a built-in sample: a thick scan, or stacks\n"
        "       srviewer VERB [-h] ARGUMENTS   without a window\n\n"
        f"verbs:\n{verbs}\n\n"
        "exit status: 0 done, 1 bad input or nothing done, 2 wrong usage, 130 cancelled,\n"
        "129 and 143 ended by SIGHUP and SIGTERM"
    )
