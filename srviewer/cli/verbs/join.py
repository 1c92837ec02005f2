"""srviewer join: several stacks of one person in one contrast, joined to one volume."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.cli.console.chosen_model import taken_automatically
from srviewer.cli.console.computed import computed
from srviewer.cli.console.verb_output import VerbOutput, run_with_progress, table
from srviewer.cli.options.destination import (
    add_destination_arguments,
    check_destination,
    image_target,
    rounded_to,
    values_of,
    writer_of,
)
from srviewer.cli.options.outputs import (
    add_overwrite_argument,
    check_outputs,
    refuse_replacing,
    require_suffix,
)
from srviewer.cli.options.request import (
    add_model_argument,
    add_precision_argument,
    asked_model,
)
from srviewer.cli.options.stacks import add_motion_argument, add_stack_arguments, chosen_stacks
from srviewer.cli.options.values import number
from srviewer.core.volumes.volume import Volume, blocking_warnings
from srviewer.errors import InDoubt, UserError
from srviewer.io.scans.series import Series
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.report.joined_report import joined_report
from srviewer.sr.report.joined_tables import (
    FOUND_HEAD,
    LEFT_OUT_HEAD,
    SLICES_HEAD,
    SLICES_NOTE,
    found_rows,
    left_out_note,
    left_out_rows,
    slices_rows,
    verdict,
)
from srviewer.sr.report.parts import grid_words
from srviewer.sr.stacks.automatic_prior import with_automatic_prior
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.joinable.checked import check_joinable
from srviewer.sr.stacks.joinable.facts import stack_facts
from srviewer.sr.stacks.joined import Joined, joined_source
from srviewer.sr.stacks.request import (
    GRIDS,
    MOST_STACKS,
    PRIORS,
    REGISTERS,
    JoinRequest,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare stacks, output, request and report.

    Args:
        parser: The parser of the verb.
    """
    add_stack_arguments(parser)
    add_destination_arguments(parser)
    parser.add_argument(
        "--reference",
        type=int,
        default=0,
        metavar="N",
        help="the stack, from 0 in the order given, whose grid and place the volume has; default 0",
    )
    parser.add_argument(
        "--grid",
        choices=GRIDS,
        default="reference",
        help="reference: exactly the grid that reconstruct gives that stack; union: the same "
        "extended over all stacks",
    )
    parser.add_argument(
        "--spacing", type=number, metavar="MM", help="isotropic voxels of this size in that box"
    )
    parser.add_argument(
        "--register",
        choices=REGISTERS,
        default="rigid",
        help="rigid: a stack is moved where there is evidence that the person moved; none: each "
        "stays where its header puts it",
    )
    add_motion_argument(parser)
    parser.add_argument(
        "--method",
        choices=PRIORS,
        default="cross-plane",
        help="the result of each stack by itself, from which the joined one starts; default: "
        "cross-plane, the network",
    )
    add_model_argument(parser)
    add_precision_argument(parser)
    parser.add_argument(
        "--acknowledge",
        action="store_true",
        help="join although the contrasts differ, or something else is in doubt; stacks of two "
        "people are never joined",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE.html",
        help="one page: slices, what was found of each stack, each stack predicted from the others",
    )
    add_overwrite_argument(parser)


def execute(args: argparse.Namespace) -> VerbOutput:
    """Join stacks, write the volume and report on it.

    Args:
        args: The parsed arguments.

    Returns:
        What was found of each stack, the files, and the provenance.

    Raises:
        InDoubt: Something about the stacks was not acknowledged.
        UserError: The stacks are not of one person, or they, the request or an output are refused.
    """
    check_outputs(args, args.stacks, images=[args.output], others=[args.report])
    if args.report is not None:
        require_suffix(args.report, ".html")
    chosen = chosen_stacks(args.stacks, args.series)
    _check_count(chosen, args.reference)
    files = [series.sources[0] for _, series in chosen]
    args = argparse.Namespace(**vars(args), path=files[args.reference], joined=files)
    check_destination(args)
    facts = [run_with_progress(stack_facts(series)) for _, series in chosen]
    notes = check_joinable(facts, args.acknowledge)
    stacks = [run_with_progress(series.read(0)) for _, series in chosen]
    if not args.acknowledge:
        _refuse_unsound(stacks)
    reference = stacks[args.reference]
    args.overwrite = _may_replace(args, stacks)
    request = with_automatic_prior(stacks, _request(args))
    joined = run_with_progress(join(stacks, request))
    joined = replace(joined, warnings=(*notes, *joined.warnings))
    acknowledged = [w.code for stack in stacks for w in blocking_warnings(stack.warnings)]
    provenance = {**joined.provenance(), "acknowledged": acknowledged}
    output = run_with_progress(writer_of(args)(joined.volume, reference, provenance))
    written = [output.path]
    if args.report is not None:
        run_with_progress(joined_report(reference, joined, stacks=stacks)).save(args.report)
        written.append(args.report)
    remarks = [*joined.warnings, *([output.note] if output.note else [])]
    text = _text(joined, written, rounded_to(joined.volume, args, output), remarks)
    return VerbOutput(text, {**values_of(output), **provenance})


def _check_count(chosen: Sequence[tuple[Path, Series]], reference: int) -> None:
    """Refuse too many stacks, or a reference that is none of them, before headers are compared."""
    count = len(chosen)
    if not 2 <= count <= MOST_STACKS:
        raise UserError(f"2 to {MOST_STACKS} stacks can be joined, and {count} given here.")
    if not 0 <= reference < count:
        raise UserError(f"--reference {reference}: the stacks are numbered 0 to {count - 1}.")


def _may_replace(args: argparse.Namespace, stacks: Sequence[Volume]) -> bool:
    """Whether what is there is replaced; UserError unless it was made from the same stacks.

    A join of the same stacks onto another of them has another identity, and is replaced as well.
    """
    if args.overwrite:
        return True
    order = [args.reference, *(n for n in range(len(stacks)) if n != args.reference)]
    refusals = []
    for index in order:
        header = replace(stacks[index].header, source=joined_source(stacks, index))
        try:
            refuse_replacing(args, header, [image_target(args)])
        except UserError as error:
            refusals.append(error)
        else:
            return bool(index != args.reference)
    raise refusals[0]


def _request(args: argparse.Namespace) -> JoinRequest:
    return JoinRequest(
        reference=args.reference,
        grid=args.grid,
        spacing_mm=args.spacing,
        register=args.register,
        motion=args.motion,
        method=args.method,
        model=asked_model(args),
        device=args.device,
        precision=args.precision,
    )


def _refuse_unsound(stacks: Sequence[Volume]) -> None:
    for stack in stacks:
        unsound = blocking_warnings(stack.warnings)
        if unsound:
            raise InDoubt(
                f"'{stack.name}' was not joined: {' '.join(w.message for w in unsound)} Give "
                "--acknowledge to join it anyway, or leave it out."
            )


def _text(joined: Joined, written: Sequence[Path], rounded: str, notes: Sequence[str]) -> str:
    left_out, slices = left_out_rows(joined), slices_rows(joined)
    lines = [
        f"{len(joined.stacks)} stacks -> {grid_words(joined.volume)}",
        table(FOUND_HEAD, found_rows(joined)),
        *((table(SLICES_HEAD, slices), SLICES_NOTE) if slices else ()),
        *((table(LEFT_OUT_HEAD, left_out), left_out_note(joined)) if left_out else ()),
        verdict(joined),
        computed(method(joined.request.method).name, joined),
        *taken_automatically(joined.request.model, joined.request.model_reason),
        *(f"note: {line}" for line in notes),
        *([f"note: written rounded to {rounded}"] if rounded else []),
        f"written: {', '.join(map(str, written))}",
        "Research use only.",
    ]
    return "\n".join(lines)
