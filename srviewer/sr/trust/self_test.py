"""The self-test: the scan's own in-plane axes, degraded, reconstructed and scored."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.scores.metrics import Metric, beside_cubic, comparable_metrics, ranking_metric
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.core.volumes.voxel_sources import kept
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.inputs.segmentations import check_is_scan
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.cautions import cautions
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.reconstruction.slice_profile import requested_estimate
from srviewer.sr.requests.request import (
    Request,
    check_request,
    degradation_of,
    with_profile,
)
from srviewer.sr.results.expected_gain import NOT_CALIBRATED, ExpectedGain
from srviewer.sr.scores.evaluate import ScoredPair, score_beside_cubic
from srviewer.sr.scores.simulate import simulate
from srviewer.sr.trust.gain_of_result import uncalibrated_before

# Slices of the scan that are tested, around its middle: enough for a figure, quick to do.
MOST_SLICES = 16
LEAST_BLOCKS = 8  # thick slices that a sharp axis must give
WORTH, SLIGHT = 0.5, 0.1  # dB over cubic
EARLIER = "it was tested by an earlier version of the program"


@dataclass(frozen=True)
class SelfTestRow:
    """The scores of one in-plane axis, degraded and reconstructed.

    Attributes:
        axis: The array axis: i, j or k.
        ours: Id -> value of each comparable metric, of the method.
        cubic: The same of the baseline.
    """

    axis: str
    ours: Mapping[str, float]
    cubic: Mapping[str, float]

    def values(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"axis": self.axis, **beside_cubic(self.ours, self.cubic)}


@dataclass(frozen=True)
class SelfTest:
    """The result of a self-test.

    Attributes:
        factor: By which the in-plane axes were degraded.
        rows: One for each axis that was tested.
        method: An id in ``METHODS``.
        model: The name of the model; None for interpolation.
        seconds: Wall time.
        warnings: One line each, for the user.
        uncalibrated: A clause on why the gain is no promise for the result; None where scan and
            request are within what was measured.
    """

    factor: int
    rows: tuple[SelfTestRow, ...]
    method: str
    model: str | None
    seconds: float
    warnings: tuple[str, ...]
    uncalibrated: str | None = EARLIER

    @property
    def gain(self) -> float:
        """The mean gain of PSNR over the axes, in dB."""
        return self.gain_in(ranking_metric())

    def gain_in(self, metric: Metric) -> float:
        """The mean gain over the axes in a metric.

        Args:
            metric: The metric.

        Returns:
            The gain over the baseline, in the unit of the metric; above 0 where the method is
            better.
        """
        gains = [metric.gain(row.ours[metric.id], row.cubic[metric.id]) for row in self.rows]
        return sum(gains) / len(gains)

    @property
    def worth(self) -> bool:
        """Whether the gain is large enough for a user to notice, and a promise for the result."""
        return self.gain >= WORTH and self.uncalibrated is None

    def judged(self, expected: ExpectedGain | None) -> "SelfTest":
        """The test beside a result of the same request.

        Args:
            expected: The expected gain of the result; None where it is not known.

        Returns:
            The test, which promises nothing where the result's gain is not calibrated.
        """
        if expected is None or expected.calibrated:
            return self
        return replace(self, uncalibrated=expected.reason)

    @property
    def verdict(self) -> str:
        """The result in one line, for the user."""
        gains = " and ".join(m.gain_brief(self.gain_in(m)) for m in comparable_metrics())
        gains_text = f"{gains} over cubic at factor {self.factor}, on this scan's own sharp axes"
        if self.worth:
            return f"Worth using: {gains_text}."
        if self.gain >= SLIGHT:
            size = "A gain in the plane" if self.gain >= WORTH else "A slight gain"
            return f"{size}: {gains_text}.{self._no_promise}"
        return f"No gain here, use cubic: {gains_text}."

    @property
    def _no_promise(self) -> str:
        if self.uncalibrated is None:
            return ""
        return f" It is no promise for the result: {NOT_CALIBRATED} ({self.uncalibrated})."

    @property
    def head(self) -> tuple[str, ...]:
        """The titles of the columns of ``cells``."""
        return ("sharp axis", *(t for m in comparable_metrics() for t in (m.heading, "cubic")))

    def cells(self) -> list[tuple[str, ...]]:
        """The rows as text: each score, then that of the baseline."""
        return [
            (
                row.axis,
                *(
                    metric.text(values[metric.id])
                    for metric in comparable_metrics()
                    for values in (row.ours, row.cubic)
                ),
            )
            for row in self.rows
        ]

    def values(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **{field.name: getattr(self, field.name) for field in fields(self)},
            "rows": [row.values() for row in self.rows],
            **{f"gain_{m.id}": self.gain_in(m) for m in comparable_metrics()},
            "verdict": self.verdict,
        }


def self_test(scan: Volume, request: Request) -> Job[SelfTest]:
    """Test a method on the scan itself.

    The middle slices of the scan are the ground truth: each in-plane axis is degraded as the thick
    axis was, and reconstructed.

    Args:
        scan: The scan.
        request: The reconstruction; adaptation and further axes are left out.

    Returns:
        A job whose result is the scores of each in-plane axis and the gain.

    Raises:
        UserError: No in-plane axis is long enough, there is too little foreground, or the scan is a
            segmentation; and as ``reconstruct``.
    """
    started = time.monotonic()
    check_is_scan(scan, "tested")
    check_request(scan, request)
    estimate = yield from within(requested_estimate(kept(scan), request), 0.0, 0.03)
    request = with_profile(scan, request, estimate)
    piece = _middle(scan, request.axis)
    axes = [
        axis for axis in range(3) if axis != request.axis and _long_enough(piece, axis, request)
    ]
    if not axes:
        raise UserError(
            f"'{scan.name}' is too small in the plane to be tested at factor {request.factor}: "
            f"{LEAST_BLOCKS * request.factor} voxels are needed. Choose a smaller factor."
        )
    model = find_model(request.model) if method(request.method).needs_model else None
    reason = yield from within(uncalibrated_before(scan, request, model), 0.0, 0.05)
    rows: list[SelfTestRow] = []
    for number, axis in enumerate(axes):
        job = _tested(piece, axis, request)
        span = (0.05 + 0.95 * n / len(axes) for n in (number, number + 1))
        scores = yield from within(job, *span)
        rows.extend(_rows(axis, scores))
    if not rows:
        raise UserError(f"'{scan.name}' has too little foreground in its middle to be tested.")
    return SelfTest(
        factor=request.factor,
        rows=tuple(rows),
        method=request.method,
        model=model.name if model else None,
        seconds=round(time.monotonic() - started, 3),
        warnings=(*_untested(request), *cautions(scan, request, model)),
        uncalibrated=reason,
    )


def _untested(request: Request) -> tuple[str, ...]:
    """One line on the settings that change a result and are not part of the test."""
    settings = {
        "adapting to the scan": request.adaptation is not None,
        "the second axis": bool(request.also),
        "repairing faults between slices": bool(request.repair),
        "agreement within the noise": request.agreement == "noise",
    }
    left_out = [setting for setting, is_set in settings.items() if is_set]
    return (f"The test leaves out {' and '.join(left_out)}.",) if left_out else ()


def _middle(scan: Volume, axis: Axis) -> Volume:
    """The slices around the middle of ``axis``."""
    count = scan.geometry.shape[axis]
    if count <= MOST_SLICES:
        return scan
    start = (count - MOST_SLICES) // 2
    where = [slice(None)] * 3
    where[axis] = slice(start, start + MOST_SLICES)
    geometry = scan.geometry.cropped(axis, start, start + MOST_SLICES)
    return scan.derived(scan.voxels[tuple(where)], geometry, "its middle slices")


def _long_enough(scan: ScanHeader, axis: Axis, request: Request) -> bool:
    return scan.geometry.shape[axis] >= LEAST_BLOCKS * request.factor


def _tested(piece: Volume, axis: Axis, request: Request) -> Job[ScoredPair]:
    """The scores along one sharp axis."""
    degradation = replace(degradation_of(piece, request), axis=axis)
    spacing = piece.geometry.spacing[axis] * request.factor
    along = replace(
        request,
        axis=axis,
        isotropic=False,
        also=(),
        adaptation=None,
        thickness_mm=degradation.thickness * spacing,
    )
    simulation = yield from within(simulate(piece, degradation), 0.0, 0.02)
    result = yield from within(reconstruct(simulation.thick, along), 0.02, 0.6)
    job = score_beside_cubic(
        simulation.truth, simulation.thick, result.volume, along, simulation.meaning
    )
    return (yield from within(job, 0.6, 1.0))


def _rows(axis: Axis, scores: ScoredPair) -> list[SelfTestRow]:
    """One row, or none where there is no score."""
    metrics = comparable_metrics()
    ours, cubic = (
        {m.id: value for m in metrics if (value := volume_scores.whole[m.id]) is not None}
        for volume_scores in (scores.candidate, scores.cubic)
    )
    complete = len(ours) == len(cubic) == len(metrics)
    return [SelfTestRow(AXIS_NAMES[axis], ours, cubic)] if complete else []
