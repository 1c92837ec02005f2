"""The further files of images that lie in several: header and voxels."""

from collections.abc import Iterable
from pathlib import Path

from srviewer.io.nifti.file_pairs import is_pair_part, paired_file
from srviewer.io.text_headers.detached import voxel_file


def with_partners(files: Iterable[Path]) -> tuple[Path, ...]:
    """Add the other file of each image that lies in two.

    Args:
        files: Files of any kind.

    Returns:
        ``files``, the other files of pairs, and the files of voxels that headers name, each once.
    """
    paths: dict[Path, None] = {}
    for file in files:
        paths[file] = None
        other = paired_file(file) if is_pair_part(file) else voxel_file(file)
        if other is not None:
            paths[other] = None
    return tuple(paths)
