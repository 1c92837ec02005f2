"""The options of a reconstruction, shared by the verbs that reconstruct a scan."""

import argparse
from dataclasses import replace
from pathlib import Path

from srviewer.cli.options.values import axis_number, number, repairs, step
from srviewer.core.acquisition.slice_profiles import (
    LEAST_TIME_BANDWIDTH,
    MOST_TIME_BANDWIDTH,
    TIME_BANDWIDTH,
)
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.reconstruction.fusion import FUSIONS
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.nn.devices.precisions import PRECISIONS
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.sr.cross_plane.methods import METHODS, method
from srviewer.sr.models.available_models import DEFAULT_MODEL, SUFFIX
from srviewer.sr.requests.automatic_model import AUTO, with_automatic_model
from srviewer.sr.requests.request import (
    AGREEMENTS,
    MINIMA,
    REQUEST_PROFILES,
    Request,
    check_factors,
    suggested_request,
)


def add_request_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare method, model, factor, axis and the other settings of a request.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--method",
        choices=[m.id for m in METHODS],
        default="cross-plane",
        help="default: cross-plane, the network; the others interpolate",
    )
    add_model_argument(parser)
    parser.add_argument("--factor", type=int, help="refine by this; detected when not given")
    parser.add_argument("--axis", choices=AXIS_NAMES, help="the thick axis; detected if not given")
    parser.add_argument(
        "--also",
        type=step,
        action="append",
        default=[],
        metavar="AXIS:N",
        help="refine this axis too, after the thick one, such as j:2; may be given twice",
    )
    _add_acquisition_arguments(parser)
    _add_adaptation_arguments(parser)
    _add_network_arguments(parser)
    parser.add_argument(
        "--minimum",
        choices=MINIMA,
        default="none",
        help="scan: no voxel below the scan's least value, each slice's values kept",
    )
    parser.add_argument(
        "--agreement",
        choices=AGREEMENTS,
        default="exact",
        help="with the scan; noise: to within its estimated noise, which is removed first where it "
        "can be distinguished from fine anatomy; default: exact",
    )
    parser.add_argument(
        "--repair",
        type=repairs,
        default=(),
        metavar="none|brightness,motion,slices",
        help="faults between slices to correct first, where they are there: equal brightness, the "
        "odd slices moved to the even ones, bad slices left out as gaps; default: none",
    )
    parser.add_argument(
        "--fusion",
        choices=[f.id for f in FUSIONS],
        default="mean",
        help="of the two planes; default: their mean",
    )


def add_model_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the model.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--model",
        metavar="auto|NAME|FILE",
        default=AUTO,
        help="of the network; default: auto, the best that can state an expected gain and whose "
        "estimated time is under a minute; fast on a processor without 8-bit instructions, "
        "quality on a GPU",
    )


def _add_acquisition_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--thickness",
        type=number,
        metavar="MM",
        help="slice thickness; by default that of the scan's header, or else the slice spacing",
    )
    parser.add_argument(
        "--profile",
        choices=REQUEST_PROFILES,
        default="box",
        help="of the slices; slr: of a windowed-sinc or SLR pulse; estimate: as the scan's own "
        "slices say, a box where they are not certain; default: box",
    )
    add_time_bandwidth_argument(parser)


def add_time_bandwidth_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the pulse of the slice profile "slr".

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--time-bandwidth",
        type=number,
        default=TIME_BANDWIDTH,
        metavar="T",
        help=f"time-bandwidth product of the pulse of --profile slr, {LEAST_TIME_BANDWIDTH:g} to "
        f"{MOST_TIME_BANDWIDTH:g}; default: {TIME_BANDWIDTH:g}",
    )


def _add_adaptation_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--adapt", type=number, metavar="SECONDS", help="adapt the model to this scan first"
    )
    parser.add_argument(
        "--adapt-steps",
        type=int,
        metavar="N",
        help="adapt it by so many steps at most; by steps alone it is repeatable",
    )
    parser.add_argument(
        "--adapt-seed", type=int, default=0, metavar="N", help="seed of the adaptation"
    )


def _add_network_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--texture",
        type=number,
        default=0.0,
        metavar="0..1",
        help="0 fidelity, 1 texture: from the model to its texture model",
    )
    parser.add_argument(
        "--flips",
        action="store_true",
        help="test-time augmentation: average over mirrored inputs, at four times the time; the "
        "spread can be written",
    )
    add_precision_argument(parser)


def add_precision_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the precision of the network.

    Args:
        parser: The parser of the verb.
    """
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="of the network: 8-bit integers, which take half to two thirds of the time, or "
        "float32; default: 8-bit integers where the processor has them (VNNI) and the network can",
    )


def request_of(scan: ScanHeader, args: argparse.Namespace) -> Request:
    """The request of the options, completed with what suits the scan.

    Args:
        scan: The scan.
        args: The parsed arguments.

    Returns:
        The request.

    Raises:
        UserError: A factor is out of range.
    """
    axis = None if args.axis is None else axis_number(args.axis)
    automatic = args.model == AUTO
    request = suggested_request(scan, axis, DEFAULT_MODEL if automatic else asked_model(args))
    factor = request.factor if args.factor is None else args.factor
    request = asked_of_every(replace(request, factor=factor), args)
    check_factors(request)
    if automatic and method(request.method).needs_model:
        return with_automatic_model(scan, request)
    return request


def asked_model(args: argparse.Namespace) -> str:
    """The model of ``--model``.

    Args:
        args: The parsed arguments.

    Returns:
        The name of a model, the absolute path of a model file, or ``AUTO``.
    """
    model: str = args.model
    # The sidecar names the file, and the reader of it may run in another folder.
    return str(Path(model).absolute()) if Path(model).suffix == SUFFIX else model


def asked_of_every(request: Request, args: argparse.Namespace) -> Request:
    """Set the options of a request that do not depend on the scan.

    Args:
        request: A request for the scan.
        args: The parsed arguments.

    Returns:
        The request with the settings of the options.
    """
    return replace(
        request,
        method=args.method,
        fusion=args.fusion,
        device=args.device,
        precision=args.precision,
        also=tuple(args.also),
        thickness_mm=args.thickness,
        profile=args.profile,
        time_bandwidth=args.time_bandwidth,
        adaptation=_adaptation(args),
        texture=args.texture,
        flips=args.flips,
        minimum=args.minimum,
        repair=args.repair,
        agreement=args.agreement,
    )


def _adaptation(args: argparse.Namespace) -> Adaptation | None:
    if args.adapt is None and args.adapt_steps is None:
        if args.adapt_seed:
            raise UserError(
                "--adapt-seed belongs to --adapt or --adapt-steps. Give one of these too."
            )
        return None
    return Adaptation(args.adapt or 0.0, args.adapt_steps or 0, args.adapt_seed)
