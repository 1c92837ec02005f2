"""What lies outside the range in which a model was trained, said before and after a run."""

from srviewer.core.volume import Volume
from srviewer.nn.model_file import Model
from srviewer.sr.cross_plane import passes, reachable
from srviewer.sr.request import Request

FEW_SLICES = 8


def cautions(scan: Volume, request: Request, model: Model | None) -> tuple[str, ...]:
    """What a user must know of this run, besides the scan's own warnings; one line each.

    Chiefly what lies outside the range in which the model was trained (None for interpolation).
    """
    lines: list[str] = []
    if request.isotropic:
        lines.append("Resampled to isotropic voxels: no longer reproduces the scan exactly.")
    if model is None:
        return tuple(lines)
    if not reachable(request.factor, model.factors):
        lines.append(f"Model '{model.name}' cannot refine by {request.factor}.")
    elif request.factor not in model.factors:
        stages = " x ".join(map(str, passes(request.factor, model.factors)))
        lines.append(f"Factor {request.factor} is outside the trained range: done as {stages}.")
    for name in model.plan.train:
        if name in scan.name:
            lines.append(
                f"Model '{model.name}' was trained on '{name}': scores on that scan are flattered."
            )
    if scan.modality not in ("", "MR"):
        lines.append(f"The modality is {scan.modality}; the network was trained on MR.")
    if scan.geometry.shape[request.axis] < FEW_SLICES:
        lines.append(f"Only {scan.geometry.shape[request.axis]} slices: little to learn from.")
    if any(warning.code == "label_like" for warning in scan.warnings):
        lines.append("The scan looks like a label map: use the method 'nearest' for labels.")
    return tuple(lines)
