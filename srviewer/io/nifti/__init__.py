"""NIfTI, Analyze and FreeSurfer images, read; nibabel, loaded without pydicom.

nibabel asks for pydicom only to decode an extension of a header that holds a DICOM header, which
srviewer does not read: loading both takes twice as long.
"""

import sys

_pydicom = sys.modules.get("pydicom")
sys.modules["pydicom"] = None  # type: ignore[assignment]  # an import says that there is none
try:
    import nibabel as nib
finally:
    if _pydicom is None:
        del sys.modules["pydicom"]
    else:
        sys.modules["pydicom"] = _pydicom

__all__ = ["nib"]
