"""Correlation of the disagreement map with the error, and gain by fusion, on people not trained on.

For each volume, degraded along k: rank correlation of the disagreement of the two planes with the
true error over the foreground, the share of the 5 % worst voxels that lie among the 20 % where the
planes disagree most, and PSNR of each fusion beside cubic. With --write, the correlations go into
resources/trust.json, from where the window, the command line and reports read them.

    python -m benchmarks.measure_trust VOLUME... --model fast --factors 2,4 [--side 128] [--write]
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from benchmarks.estimates import THICK, degraded, estimates, thin_volumes
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.reconstruction.fusion import FUSIONS, disagreement
from srviewer.core.reconstruction.iterative_back_projection import back_project
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, shape_of
from srviewer.job import run
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.models.available_models import find_model
from srviewer.sr.results.disagreement_calibration import TABLE

WORST, MOST_APART = 0.05, 0.2  # shares of the foreground


def main() -> None:
    """Print a table; write it where the program finds it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--factors", default="2,4")
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    model = find_model(args.model)
    upsampler = Upsampler(model, "auto")
    rows: list[dict[str, Any]] = []
    for name, thin in thin_volumes(args.paths, args.side):
        for factor in map(int, args.factors.split(",")):
            rows.append({"file": name, "factor": factor, **_measured(upsampler, thin, factor)})
            print(rows[-1], flush=True)
    for factor in sorted({row["factor"] for row in rows}):
        of_factor = [row for row in rows if row["factor"] == factor]
        keys = [key for key in of_factor[0] if key not in ("file", "factor")]
        print(factor, {k: round(float(np.mean([r[k] for r in of_factor])), 3) for k in keys})
    if args.write:
        _write(model.name, model.sha256, rows)


def _measured(upsampler: Upsampler, thin: Voxels, factor: int) -> dict[str, float]:
    scan, truth = degraded(thin, factor)
    intensity = measured_intensity(truth)
    data_range, seen = intensity.range, intensity.foreground(truth)
    first, second = estimates(upsampler, scan, factor)
    plain = cubic(scan, THICK, thin_positions(scan.shape[THICK], factor))
    held = ArrayVoxels(shape_of(plain), plain)
    whole = 0, [(0, len(plain))]
    measured = ArrayVoxels(shape_of(scan), scan)
    run(back_project(held, measured, Degradation(THICK, factor), data_range, whole))
    candidates = {"cubic": plain, "back-projected": held.array}
    candidates |= {row.id: row.fuse(first, second) for row in FUSIONS}
    found = {name: psnr(truth, x, data_range, seen) or 0.0 for name, x in candidates.items()}
    apart = disagreement(first, second)[seen]
    error = np.abs(candidates["mean"] - truth)[seen]
    worst = error >= np.quantile(error, 1 - WORST)
    flagged = apart >= np.quantile(apart, 1 - MOST_APART)
    found["correlation"] = float(spearmanr(apart, error).statistic)
    found["worst_found"] = float(flagged[worst].mean())
    return {name: round(float(value), 3) for name, value in found.items()}


def _write(name: str, sha256: str, rows: list[dict[str, Any]]) -> None:
    table = Path(__file__).resolve().parent.parent / "resources" / TABLE
    known = json.loads(table.read_text()) if table.exists() else {"models": []}
    kept = [one for one in known["models"] if one["name"] != name]
    measured = [
        {key: row[key] for key in ("file", "factor", "correlation", "worst_found")} for row in rows
    ]
    kept.append({"name": name, "sha256": sha256, "disagreement": measured})
    table.write_text(json.dumps({"models": kept}, indent=1) + "\n")


if __name__ == "__main__":
    main()
