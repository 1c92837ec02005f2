"""File names that declare, by the rules of BIDS, that voxels are masks or labels."""

from srviewer.core.volumes.volume import ScanWarning

SUFFIXES = ("mask", "dseg", "probseg")
LABEL = "label-"


def name_warnings(stem: str) -> tuple[ScanWarning, ...]:
    """Warn of a file whose name says that it is a mask or label map.

    It does so by its last part (``sub-01_desc-brain_mask``, or ``mask`` alone) or by the entity
    ``label`` (``sub-01_label-GM_T1w``), in capitals or not.

    Args:
        stem: The file's name without its ending.

    Returns:
        The warning ``segmentation``, or none.
    """
    parts = stem.lower().split("_")
    labels = [part for part in parts if part.startswith(LABEL) and part != LABEL]
    label = parts[-1] if parts[-1] in SUFFIXES else next(iter(labels), "")
    if not label:
        return ()
    message = (
        f"The file's name says that this is a mask or label map ('{label}'), not a scan. "
        "Reconstruction is meant for scans."
    )
    return (ScanWarning("segmentation", message),)
