"""The names that come with a label map: in its file, else in a file beside it."""

from collections.abc import Iterator
from pathlib import Path

from srviewer.core.regions.labels import LabelName
from srviewer.io.labels.colour_tables import list_names
from srviewer.io.labels.nifti_extensions import names_in_nifti
from srviewer.io.nifti.file_pairs import image_stem

# Names of files beside "brain_dseg.nii.gz": brain_dseg.tsv and so on; {suffix} is "dseg".
BESIDE = ("{stem}.tsv", "{stem}.json", "{stem}.txt", "{stem}.label", "{stem}.lut")
OF_FOLDER = ("{suffix}.tsv", "FreeSurferColorLUT.txt")
BIDS_SUFFIXES = ("dseg", "probseg", "mask")
MOST_FOLDERS = 4  # in which a BIDS table may stand: that of the file and those above it


def names_with(path: Path) -> tuple[LabelName, ...]:
    """The names of labels that come with a label map.

    Args:
        path: The file of the label map.

    Returns:
        Names and colours from its header extensions, else from a table beside it (BIDS TSV and
        JSON, ITK-SNAP, FreeSurfer); empty where there is none.
    """
    return names_in_nifti(path) or _names_beside(path)


def _names_beside(path: Path) -> tuple[LabelName, ...]:
    for table in _tables(path):
        try:
            names = list_names(table)
        except (OSError, ValueError):  # it is missing, or of another program
            continue
        if names:
            return names
    return ()


def _tables(path: Path) -> Iterator[Path]:
    stem = image_stem(path)
    suffix = stem.rpartition("_")[2].lower()
    for name in BESIDE:
        yield path.with_name(name.format(stem=stem))
    for folder in path.absolute().parents[:MOST_FOLDERS]:
        if suffix in BIDS_SUFFIXES:
            yield folder / OF_FOLDER[0].format(suffix=suffix)
    yield path.with_name(OF_FOLDER[1])
