"""The reader of images with a text header, from their headers alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.files.streams import not_read
from srviewer.io.nifti.file_pairs import image_stem
from srviewer.io.nifti.image_header import no_volume
from srviewer.io.scans.not_reconstructed import SINGLE, not_reconstructed
from srviewer.io.scans.series import (
    PlaneByPlane,
    Problem,
    ScanListing,
    Series,
    check_frame,
    reason_counts,
)
from srviewer.io.scans.series_details import SeriesDetails
from srviewer.io.stored_voxels import StoredVoxels
from srviewer.io.text_headers.described_image import DescribedImage
from srviewer.io.text_headers.segment_layers import SegmentLayers
from srviewer.job import Job, Progress

NOT_OPENED = "volumes that cannot be opened"


def scan_described(
    paths: Sequence[Path], describe: Callable[[Path], DescribedImage]
) -> Job[ScanListing]:
    """List the image of each header; one that cannot be opened is a problem.

    Args:
        paths: The files of headers.
        describe: Reads a header.

    Returns:
        The images in the order of their files, with the problems.
    """
    series: list[Series] = []
    single: list[Series] = []
    problems: list[Problem] = []
    for number, path in enumerate(paths):
        yield Progress(number / len(paths), f"Opening {path.name}")
        try:
            image = _series(describe(path), len(series))
        except UserError as error:
            problems.append(Problem(path.name, str(error)))
        except OSError as error:  # it was deleted meanwhile
            problems.append(Problem(path.name, str(not_read(path, error))))
        else:
            if min(image.geometry.shape) < 2:
                text = no_volume(path, image.geometry.shape)
                problems.append(Problem(path.name, text, viewable=True))
                single.append(not_reconstructed(image, SINGLE))
            else:
                series.append(image)
    return ScanListing(
        tuple(series),
        len(problems),
        tuple(problems),
        reason_counts([NOT_OPENED] * len(problems)),
        tuple(single),
        reason_counts([NOT_OPENED] * len(single)),
    )


def _series(image: DescribedImage, index: int) -> Series:
    name = image_stem(image.path)
    volumes = image.stored(name)
    plain = _plain(image, name, index, volumes)
    if not image.segments:
        return plain
    layers = SegmentLayers(image, volumes[0])
    return replace(
        plain,
        frames=1,
        warnings=layers.warnings,
        read=layers.read_all,
        stream=None,
        segments=layers.segments(),
    )


def _plain(
    image: DescribedImage, name: str, index: int, volumes: tuple[StoredVoxels, ...]
) -> Series:
    """The image as it is stored."""

    def read(frame: int) -> Job[Volume]:
        check_frame(name, frame, image.frames)
        return volumes[frame].read(frame)

    def stream(frame: int) -> PlaneByPlane:
        check_frame(name, frame, image.frames)
        return volumes[frame].stream(frame)

    first = volumes[0]
    return Series(
        index=index,
        name=name,
        uid=image.path.name,
        modality="",
        geometry=first.geometry,
        unit="",
        frames=image.frames,
        warnings=first.warnings,
        read=read,
        sources=image.paths,
        stream=stream,
        interval_s=image.interval_s if image.frames > 1 else None,
        details=SeriesDetails(folder=image.path.parent),
    )
