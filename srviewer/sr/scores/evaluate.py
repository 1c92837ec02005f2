"""Scores of simulated scans, each beside the baseline of cubic interpolation."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.comparison.comparison import Comparison, Scores
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.resampling.reorient import on_grid
from srviewer.core.scores.metrics import comparable_metrics
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.refinement import passes
from srviewer.sr.inputs.numbered_names import unique_names
from srviewer.sr.inputs.segmentations import check_is_scan
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import check_slices, simulate


@dataclass(frozen=True)
class ScoredPair:
    """The scores of a result, and those of the baseline.

    Attributes:
        candidate: Of the result.
        cubic: Of cubic interpolation of the same scan.
    """

    candidate: Scores
    cubic: Scores


def score_beside_cubic(
    reference: Volume, scan: Volume, result: Volume, request: Request, meaning: str
) -> Job[ScoredPair]:
    """Score a result and cubic interpolation of its scan against a reference.

    Slices are counted along the axes of the result, whatever those of the reference are.

    Args:
        reference: On the grid of the result; its axes may have another order and direction.
        scan: The scan.
        result: The result.
        request: The request of the result, which the interpolation takes over but for its method.
        meaning: The sentence on the reference that stands beside the scores.

    Returns:
        A job whose result is both scores.

    Raises:
        UserError: The grids differ.
    """
    placed = yield from within(on_grid(reference, result.geometry), 0.0, 0.0)
    reference = reference if placed is None else placed
    comparison = Comparison(reference, result, meaning)
    candidate = yield from within(comparison.scores(), 0.0, 0.5)
    plain = replace(request, method="cubic")
    cubic = yield from within(reconstruct_scan(scan, plain), 0.5, 0.55)
    scores = Comparison(reference, cubic.volume, meaning).scores()
    return ScoredPair(candidate, (yield from within(scores, 0.55, 1.0)))


@dataclass(frozen=True)
class EvaluationRow:
    """The scores of one simulated scan, reconstructed by one method.

    Attributes:
        file: The name of the thin volume.
        axis: The axis that was degraded: i, j or k.
        factor: Of degradation and reconstruction.
        method: An id in ``METHODS``.
        model: The name of the model; None for interpolation.
        flips: Whether test-time augmentation was used.
        scores: Id -> value of each comparable metric, over the foreground of the whole volume; None
            without foreground.
        seconds: Wall time of the reconstruction.
        warnings: Of the scan and of the reconstruction, one line each.
    """

    file: str
    axis: str
    factor: int
    method: str
    model: str | None
    flips: bool
    scores: Mapping[str, float | None]
    seconds: float
    warnings: tuple[str, ...]

    def values(self) -> dict[str, Any]:
        """Plain JSON values, with the scores at the same level as the others."""
        values: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            values.update(value if field.name == "scores" else {field.name: value})
        return values


@dataclass(frozen=True)
class EvaluationPlan:
    """The reconstructions to evaluate on each thin volume: every combination of these.

    Attributes:
        factors: Of degradation and reconstruction.
        axes: The array axes to degrade.
        methods: Ids in ``METHODS``.
        models: Names or files.
        device: One of ``DEVICES``.
        flips: Use test-time augmentation in the methods that have a model.
        precision: Of their networks, one of ``PRECISIONS``.
    """

    factors: tuple[int, ...]
    axes: tuple[Axis, ...]
    methods: tuple[str, ...]
    models: tuple[str, ...]
    device: str = "auto"
    flips: bool = False
    precision: str = "float32"

    def requests(self) -> list[Request]:
        """Every reconstruction to do; a method without a model is done once."""
        return [
            Request(
                axis,
                factor,
                name,
                model,
                device=self.device,
                flips=self.flips and networked,
                precision=self.precision,
            )
            for axis in self.axes
            for factor in self.factors
            for name, networked in ((name, method(name).needs_model) for name in self.methods)
            for model in (self.models if networked else self.models[:1])
        ]


def evaluate(volumes: Sequence[Volume], plan: EvaluationPlan) -> Job[list[EvaluationRow]]:
    """Simulate, reconstruct and score each volume along each axis, by each factor and method.

    Args:
        volumes: Thin volumes; of several with one name, the later ones get a number.
        plan: The combinations.

    Returns:
        A job whose result is a row for each volume and combination.

    Raises:
        UserError: There is nothing to evaluate; or, before anything is computed, a method, model or
            factor cannot be had, or a volume is a segmentation or has too few slices.
    """
    requests = plan.requests()
    if not requests or not volumes:
        raise UserError("There is nothing to evaluate: give files, factors, axes and methods.")
    names = unique_names(volume.name for volume in volumes)
    volumes = [replace(volume, name=name) for volume, name in zip(volumes, names, strict=True)]
    _check(volumes, requests)
    rows: list[EvaluationRow] = []
    total = len(volumes) * len(requests)
    for volume in volumes:
        for request in requests:
            done = len(rows)
            row = yield from within(_row(volume, request), done / total, (done + 1) / total)
            rows.append(row)
    return rows


def _check(volumes: Sequence[Volume], requests: Sequence[Request]) -> None:
    for name in {request.model for request in requests if method(request.method).needs_model}:
        known = find_model(name).factors
        for factor in {r.factor for r in requests if r.model == name}:
            passes(factor, known)
    for volume in volumes:
        check_is_scan(volume, "evaluated")
        for request in requests:
            check_slices(volume, Degradation(axis=request.axis, factor=request.factor))


def _row(thin: Volume, request: Request) -> Job[EvaluationRow]:
    degradation = Degradation(axis=request.axis, factor=request.factor)
    simulation = yield from within(simulate(thin, degradation), 0.0, 0.02)
    started = time.monotonic()
    result = yield from within(reconstruct(simulation.thick, request), 0.02, 0.7)
    seconds = time.monotonic() - started
    comparison = Comparison(simulation.truth, result.volume, simulation.meaning)
    scores = yield from within(comparison.scores(), 0.7, 1.0)
    return EvaluationRow(
        file=thin.name,
        axis=AXIS_NAMES[request.axis],
        factor=request.factor,
        method=request.method,
        model=result.model.name if result.model else None,
        flips=request.flips,
        scores={metric.id: scores.whole[metric.id] for metric in comparable_metrics()},
        seconds=round(seconds, 3),
        warnings=result.warnings,
    )
