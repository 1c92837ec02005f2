"""The position of an image in a NIfTI header, written so that all programs read it alike."""

from nibabel.nifti1 import Nifti1Header

from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.space_codes import SpaceCodes
from srviewer.core.resampling.rigid_grid import about_centre, nearest_rigid, stands_for


def place(header: Nifti1Header, geometry: Geometry, space: SpaceCodes) -> None:
    """Write a grid as sform, and the nearest rigid grid as qform where the two are equivalent.

    Programs built on ITK refuse a sheared sform without a qform, however small the shear. Of a
    tilted stack the qform is left out: its slices would have other positions.

    Args:
        header: The header to change.
        geometry: The grid, in RAS+ mm.
        space: The codes for sform and qform.
    """
    header.set_xyzt_units("mm")
    header.set_sform(geometry.affine, space.sform)
    rigid = nearest_rigid(geometry)
    header.set_qform(rigid.affine, space.qform)
    # A quaternion in float32 may be wrong by a thousandth of a turn, which both ends share so.
    stored = about_centre(Geometry(geometry.shape, header.get_qform()), geometry)
    for name, offset in zip("xyz", stored.affine[:3, 3], strict=True):
        header[f"qoffset_{name}"] = offset
    if not stands_for(Geometry(geometry.shape, header.get_qform()), geometry):
        header.set_qform(None)
