"""The texts on the card of a result, in plain English."""

from collections.abc import Iterable

from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.texts.joined_card import joined_facts, joined_is_good, joined_verdict, once
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import agrees, axis_ends, percent
from srviewer.nn.models.model_file import Model
from srviewer.nn.plans.adaptation import Adapted
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.results.disagreement_calibration import disagreement_calibration
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.result import Result

# By whether the result agrees.
VERDICTS = {
    True: mark(
        "Agrees with the scan: averaged back to thick slices, it differs by {share} at most."
    ),
    False: mark("Differs from the scan by up to {share}, averaged back to thick slices."),
}
NOISE_VERDICTS = {
    True: mark(
        "Agrees with the scan to within its noise of {noise}: averaged back to thick slices, it "
        "differs by {rms} (rms)."
    ),
    False: VERDICTS[False],
}
REPAIRED_VERDICTS = {
    True: mark(
        "Agrees with the repaired scan: averaged back to thick slices, it differs by {share} at "
        "most."
    ),
    False: mark("Differs from the repaired scan by up to {share}, averaged back to thick slices."),
}


def verdict(result: Result) -> str:
    """Whether the result agrees with the scan, or what joining gained, as one sentence.

    Args:
        result: The result.

    Returns:
        The translated text, with the largest difference in percent of the intensity range.
    """
    if isinstance(result, Joined):
        return joined_verdict(result)
    noise, consistency = result.noise_removed, result.consistency
    texts = VERDICTS if noise is None else NOISE_VERDICTS
    return tr(
        (REPAIRED_VERDICTS if result.repaired else texts)[is_good(result)],
        share=percent(consistency.max),
        rms=percent(consistency.rms),
        noise="" if noise is None else percent(noise),
    )


def is_good(result: Result) -> bool:
    """Whether the verdict is a good one.

    Args:
        result: The result.

    Returns:
        True for agreement with the scan, and for a join that is known to have gained something.
    """
    if isinstance(result, Joined):
        return joined_is_good(result)
    return agrees(result.consistency, result.noise_removed)


def facts(result: Result) -> tuple[str, ...]:
    """What was made, how, and what was measured of it.

    Args:
        result: The result.

    Returns:
        One translated sentence each.
    """
    if isinstance(result, Joined):
        return joined_facts(result)
    request, geometry = result.request, result.volume.geometry
    thin, thick = (grid.spacing[request.axis] for grid in (geometry, result.residual.geometry))
    lines = [
        tr(
            "Slice spacing {thin:.2f} mm, before {thick:.2f} mm, along {axis}.",
            thin=thin,
            thick=thick,
            axis=axis_ends(geometry, request.axis),
        ),
        _made_by(result),
    ]
    if result.precision is not None and result.precision.name == "int8":
        lines.append(tr("The network computed in 8-bit integers, all that is measured in float32."))
    lines += _slice_profile(result)
    if result.disagreement is not None:
        share = percent(float(result.disagreement.voxels.mean()) / result.data_range)
        lines.append(tr("The two planes differ by {share} on average.", share=share))
        if result.model is not None:
            lines.append(_disagreement_worth(result.model, request.factor))
        lines.append(tr("Regions to check: key K, or the Compare panel."))
    if result.adapted is not None:
        lines.append(_adaptation(result.adapted))
    changed = result.texture_changed()
    if changed is not None:
        lines.append(tr("Texture changed {share} of the voxels.", share=percent(changed)))
    if result.region is not None:
        lines.append(tr("Inside {region}: interpolation only.", region=result.region))
    return tuple(lines)


def own_warnings(result: Result, scans: Iterable[ScanHeader]) -> tuple[str, ...]:
    """The warnings of a result besides those of open scans, which stand above their settings.

    Args:
        result: The result.
        scans: Its scan; of a join, all of its stacks that are open.

    Returns:
        One translated sentence each.
    """
    of_scans: set[str] = set()
    for scan in scans:
        for warning in scan.warnings:
            of_scans |= {warning.message, f"'{scan.name}': {warning.message}"}  # as a join has it
    lines = tuple(warning for warning in result.warnings if warning not in of_scans)
    if isinstance(result, Joined):
        return once(lines, [stack.name for stack in result.stacks])
    return tuple(tr(line) for line in lines)


def _made_by(result: Reconstruction) -> str:
    seconds, device = result.seconds, result.device
    if result.model is not None:
        automatic = mark(
            "Made by the model '{name}', taken automatically, on {device} in {seconds:.1f} s."
        )
        named = mark("Made by the model '{name}' on {device} in {seconds:.1f} s.")
        return tr(
            automatic if result.request.model_reason else named,
            name=result.model.name,
            device=device,
            seconds=seconds,
        )
    title = tr(method(result.request.method).title)
    return tr(
        "Method: {title}; {seconds:.1f} s on {device}.", title=title, device=device, seconds=seconds
    )


def _slice_profile(result: Reconstruction) -> tuple[str, ...]:
    """The slice profile where it is not the usual box."""
    if result.slice_profile is not None:
        found = result.slice_profile.text
        return (tr("Slice profile: {text}.", text=found),)
    if result.request.profile == "gaussian":
        return (tr("Slice profile: Gaussian."),)
    if result.request.profile == "slr":
        product = result.request.time_bandwidth
        text = mark("Slice profile: SLR pulse, time-bandwidth product {product:g}.")
        return (tr(text, product=product),)
    return ()


def _disagreement_worth(model: Model, factor: int) -> str:
    measured = disagreement_calibration(model, factor)
    if measured is None:
        return tr("How much that says of the errors was not measured for this model.")
    return tr(
        "On scans of other people, the fifth of the image where they differ most held "
        "{share} of the largest errors: look there first (map: Disagreement).",
        share=percent(measured.worst_share),
    )


def _adaptation(tried: Adapted) -> str:
    if tried.kept:
        text = mark("Adapted to this scan: {gain:+.2f} dB on slices that it did not learn from.")
        return tr(text, gain=tried.gain)
    if not tried.steps:
        return tr("Not adapted: the scan is too small for it.")
    return tr(
        "Not adapted: it gained too little ({gain:+.2f} dB) on slices that it did not learn from.",
        gain=tried.gain,
    )
