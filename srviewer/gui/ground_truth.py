"""Which volumes may serve as the truth of a result."""

from srviewer.core.geometry import Geometry
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.session import Session
from srviewer.gui.translation import tr
from srviewer.gui.wording import grid_words


def check_grid(truth: Volume, file: str, session: Session) -> None:
    """A truth lies on the result's grid or, before there is one, on a refined one of the scan.

    Raises UserError, naming ``file``, when it does not.
    """
    if session.original is None:
        raise UserError(tr("Open a scan first, then its ground truth."))
    if session.result is not None:
        fits = truth.geometry.matches(session.result.volume.geometry)
    else:
        fits = _refines(truth.geometry, session.original.geometry)
    if not fits:
        wanted = session.result.volume if session.result else session.original
        raise UserError(
            tr(
                "'{file}' does not lie on the grid of the result: it has {grid}, and "
                "'{name}' has {wanted}. A ground truth covers the same space as the scan, "
                "with voxels of the size that is reconstructed.",
                file=file,
                grid=grid_words(truth.geometry),
                name=wanted.name,
                wanted=grid_words(wanted.geometry),
            )
        )


def _refines(fine: Geometry, coarse: Geometry) -> bool:
    for axis in range(3):
        factor, rest = divmod(fine.shape[axis], coarse.shape[axis])
        if factor > 1 and not rest and coarse.refined(axis, factor).matches(fine):
            return True
    return False
