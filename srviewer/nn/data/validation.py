"""Validation during a run: pairs of held-out subjects or images, and their scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from torch import nn

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import OF_SHARES, shares_of
from srviewer.core.scores.bicubic import Image, resized
from srviewer.core.scores.metrics import beside_cubic, comparable_metrics
from srviewer.core.slices.planes import TRAINING_GROUPS, TrainingGroup, unstack
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.nn.data.image_pairs import LUMA, in_channels
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.reports.report import PatchPreview

PREFERRED_FACTORS = (4, 2)
LEAST_FOREGROUND = 0.1
SIDE = 128  # fine pixels along the parts of slices that are scored
MOST_PAIRS = 24


@dataclass(frozen=True, eq=False)
class ValidationPair:
    """A held-out pair, in shares of the intensity range.

    Attributes:
        factor: The factor between the two.
        inputs: (C, h, w) input.
        target: (c, H, W) target.
        cubic: (c, H, W) the baseline.
    """

    factor: int
    inputs: Voxels
    target: Voxels
    cubic: Voxels


def volume_pairs(volumes: Sequence[Volume], plan: TrainingPlan) -> list[ValidationPair]:
    """Pairs of the central part of a middle slice, for each of the six groups of each volume.

    Args:
        volumes: Thin volumes of the validation set.
        plan: The plan of the run.

    Returns:
        At most MOST_PAIRS; none of slices that are too small or mostly air.
    """
    factor = _factor(plan)
    pairs = [
        _slice_pair(shares, group, factor, plan)
        for shares in map(shares_of, volumes)
        for group in TRAINING_GROUPS
    ]
    return _thinned([pair for pair in pairs if pair is not None])


def image_pairs(images: Sequence[Image], plan: TrainingPlan) -> list[ValidationPair]:
    """Pairs of the central part of each image.

    Args:
        images: Images (H, W, 3) in 0..1 of the validation set.
        plan: The plan of the run.

    Returns:
        At most MOST_PAIRS; none of images that are too small.
    """
    factor = _factor(plan)
    pairs = []
    for image in images:
        target = _central(in_channels(image, plan.channels), (0, 1), factor)
        if min(target.shape[:2]) < 4 * factor:
            continue
        small = resized(target, Fraction(1, factor))
        large = resized(small, factor)
        channels = (np.ascontiguousarray(x.transpose(2, 0, 1)) for x in (small, target, large))
        pairs.append(ValidationPair(factor, *channels))
    return _thinned(pairs)


def validation_scores(
    network: nn.Module, pairs: Sequence[ValidationPair], device: torch.device
) -> tuple[dict[str, float], PatchPreview | None]:
    """Score a network and cubic on held-out pairs.

    Args:
        network: The generator, in evaluation mode.
        pairs: The pairs.
        device: That of the network.

    Returns:
        The mean scores by key of the metric and of its baseline, and one pair to be shown; empty
        and None where no pair can be scored.
    """
    scores: dict[str, list[float]] = {}
    preview = None
    for number, pair in enumerate(pairs):
        result = _run(network, pair, device)
        ours, cubic = (_scores(pair.target, image) for image in (result, pair.cubic))
        for key, value in beside_cubic(ours, cubic).items():
            if value is not None:
                scores.setdefault(key, []).append(value)
        if number == len(pairs) // 2:
            preview = _preview(pair, result)
    return {name: float(np.mean(values)) for name, values in scores.items()}, preview


def _run(network: nn.Module, pair: ValidationPair, device: torch.device) -> Voxels:
    """The (c, H, W) output for one pair; torch's inference mode ends before anything yields."""
    with torch.inference_mode():
        inputs = torch.from_numpy(pair.inputs)[None].to(device)
        return np.asarray(network(inputs, pair.factor)[0].float().cpu().numpy())


def _scores(target: Voxels, image: Voxels) -> dict[str, float | None]:
    """Metrics over all channels, those of slices on the luma; the range is 1."""
    mask = OF_SHARES.foreground(target) if len(target) == 1 else np.ones(target.shape, bool)
    luma_of_target, luma = _luma(target), _luma(image)
    inside = np.asarray(mask.all(axis=0))
    return {
        metric.id: metric.score(target, image, 1.0, mask)
        if metric.whole_volume
        else metric.score(luma_of_target, luma, 1.0, inside)
        for metric in comparable_metrics()
    }


def _luma(image: Voxels) -> Voxels:
    """(c, H, W) to (H, W): the only channel, or the luma of RGB."""
    return image[0] if len(image) == 1 else np.tensordot(LUMA, image, 1)


def _preview(pair: ValidationPair, result: Voxels) -> PatchPreview:
    channel = len(pair.inputs) // 2
    inputs = pair.inputs[channel : channel + 1] if len(result) == 1 else pair.inputs
    repeats = [n // m for n, m in zip(result.shape, inputs.shape, strict=True)]
    thick = inputs.repeat(repeats[1], axis=1).repeat(repeats[2], axis=2)
    return PatchPreview(*(_shown(image) for image in (thick, result, pair.target)))


def _shown(image: Voxels) -> Voxels:
    """(c, H, W) to (H, W) or (H, W, 3)."""
    return image[0] if len(image) == 1 else np.ascontiguousarray(image.transpose(1, 2, 0))


def _factor(plan: TrainingPlan) -> int:
    return next((f for f in PREFERRED_FACTORS if f in plan.factors), plan.factors[0])


def _slice_pair(
    voxels: Voxels, group: TrainingGroup, factor: int, plan: TrainingPlan
) -> ValidationPair | None:
    """The pair of a middle slice; None for a volume too small, or mostly air there."""
    stack = unstack(voxels, group.thick, group.normal)
    reach, middle = plan.neighbours, len(stack) // 2
    slab = _central(stack[max(0, middle - reach) : middle + reach + 1], (1, 2), factor)
    if len(slab) < 2 * reach + 1 or slab.shape[1] < 4 * factor:
        return None
    thick = Degradation(axis=1, factor=factor).apply(slab)
    target = slab[reach : reach + 1]
    if OF_SHARES.foreground(target).mean() < LEAST_FOREGROUND:
        return None
    positions = thin_positions(thick.shape[1], factor)
    interpolated = cubic(np.ascontiguousarray(thick[reach : reach + 1]), 1, positions)
    return ValidationPair(
        factor, np.ascontiguousarray(thick), np.ascontiguousarray(target), interpolated
    )


def _central(image: Voxels, axes: tuple[int, int], factor: int) -> Voxels:
    """The middle of the image along ``axes``, at most SIDE and a multiple of ``factor`` long."""
    index = [slice(None)] * image.ndim
    for axis in axes:
        length = min(image.shape[axis], SIDE) // factor * factor
        start = (image.shape[axis] - length) // 2
        index[axis] = slice(start, start + length)
    return image[tuple(index)]


def _thinned(pairs: list[ValidationPair]) -> list[ValidationPair]:
    """At most MOST_PAIRS, evenly taken, so that scoring stays quick."""
    step = max(1, -(-len(pairs) // MOST_PAIRS))
    return pairs[::step]
