"""What a verb on a NIfTI file leaves out of its start."""

import sys

from children import output

LOADED = """
import sys
import srviewer.cli.verbs.reconstruct
print(sorted({"pydicom", "PIL", "requests", "torch", "scipy.ndimage"} & set(sys.modules)))
"""


def test_reconstruct_starts_without_dicom_and_torch() -> None:
    assert output([sys.executable, "-c", LOADED]).strip() == "[]"
