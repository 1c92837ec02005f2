"""The table of verbs, and the way from an argument list to an exit status."""

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
from srviewer.errors import UserError, plain
from srviewer.stop_signals import STOP, status_after
from srviewer.temporary_names import remove_own

if TYPE_CHECKING:
    from srviewer.cli.console.verb_output import Outcome

DONE, FAILED, WRONG_USAGE = 0, 1, 2


class VerbModule(Protocol):
    """What the module of a verb offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's own arguments."""

    def execute(self, args: argparse.Namespace) -> "Outcome":
        """Do the work; UserError for what the user can mend."""


@dataclass(frozen=True)
class Verb:
    """A verb and the module that does it, imported only when the verb is used."""

    name: str
    summary: str
    module: str


VERBS = (
    Verb(
        "info", "what a file or folder holds: series, geometry, warnings", "srviewer.cli.verbs.info"
    ),
    Verb("reconstruct", "rebuild a thick-slice scan thin", "srviewer.cli.verbs.reconstruct"),
    Verb("batch", "rebuild many scans, in parallel or on a cluster", "srviewer.cli.verbs.batch"),
    Verb("self-test", "what a method gains on this very scan", "srviewer.cli.verbs.self_test"),
    Verb("simulate", "make a thick scan from a thin one", "srviewer.cli.verbs.simulate"),
    Verb("compare", "score a volume against a reference", "srviewer.cli.verbs.compare"),
    Verb("evaluate", "simulate, rebuild and score, as a table", "srviewer.cli.verbs.evaluate"),
    Verb("benchmark", "the paper's tables for sets of 2D images", "srviewer.cli.verbs.benchmark"),
    Verb("train", "train a network on thin volumes", "srviewer.cli.verbs.train"),
    Verb(
        "train-features",
        "the feature network of the perceptual losses",
        "srviewer.cli.verbs.train_features",
    ),
    Verb("screenshot", "what the window would show, as a figure", "srviewer.cli.verbs.screenshot"),
    Verb("models", "the trained networks at hand", "srviewer.cli.verbs.models"),
    Verb("presets", "what can be trained", "srviewer.cli.verbs.presets"),
    Verb("diagnose", "versions, devices, decoders, folders", "srviewer.cli.verbs.diagnose"),
)
VERB_NAMES = frozenset(verb.name for verb in VERBS)


def main(argv: Sequence[str], doors: dict[str, Callable[..., object]]) -> int:
    """Run the verb that ``argv`` starts with; the exit status.

    ``doors``: name -> function of the window's side, which this side may not import.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's encoding lacks must not end what was done well.
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
            place = joined.index(option)
            joined[place : place + 2] = [f"{option}={joined[place + 1]}"]
    return joined


def _add_common_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write the findings as JSON; - for stdout")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to compute"
    )
    parser.add_argument("--debug", action="store_true", help="show where an error arose")


def _run(module: VerbModule, args: argparse.Namespace) -> int:
    from srviewer.cli.console.verb_output import abandon_output, publish

    try:
        publish(module.execute(args), args.json)
    except UserError as error:
        if args.debug:
            traceback.print_exc()
        print(f"srviewer: {error}", file=sys.stderr)
        return FAILED
    except (MemoryError, RuntimeError) as error:
        told = plain(error)
        if told is error:
            raise
        if args.debug:
            traceback.print_exc()
        print(f"srviewer: {told}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        abandon_output()
        return FAILED
    return DONE


def overview() -> str:
    """The text of ``srviewer --help``."""
    width = max(len(verb.name) for verb in VERBS)
    verbs = "\n".join(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS)
    return (
        f"srviewer {__version__}: thick-slice MRI rebuilt thin, compared and scored.\n"
        f"{RESEARCH_USE_ONLY}\n\n"
        "usage: srviewer [PATH ...]            the window, with these opened\n"
        "       srviewer --sample              the window on the built-in sample\n"
        "       srviewer VERB [-h] ARGUMENTS   without a window\n\n"
        f"verbs:\n{verbs}\n\n"
        "exit status: 0 done, 1 bad input or nothing done, 2 wrong usage, 130 cancelled,\n"
        "129 and 143 ended by SIGHUP and SIGTERM"
    )
