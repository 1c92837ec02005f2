"""Training data read from files: volumes or images, split by subject."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srviewer.core.scores.bicubic import Image
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.scans.series import Counts, Series, added, summary
from srviewer.job import Job, Progress, within
from srviewer.sr.inputs.numbered_names import unique_names
from srviewer.sr.inputs.segmentations import scans_among
from srviewer.sr.inputs.subjects import Person, check_split, people_in, people_of, scan_name

if TYPE_CHECKING:
    from srviewer.nn.data.training_data import Material


@dataclass(frozen=True)
class DataRead(Progress):
    """The progress step after all volumes were read.

    Attributes:
        left_out: As in ``TrainingData``.
    """

    left_out: Counts


@dataclass(frozen=True, eq=False)
class TrainingData:
    """A training set and a validation set, either of volumes or of images.

    Attributes:
        names: Of the training set.
        held_out: Names of the validation set.
        learned: Volumes of the training set.
        volumes: Volumes of the validation set.
        images: Images of the training set, as ``read_image`` gives them.
        held_out_images: Images of the validation set.
        left_out: Reason -> number of the masks and label maps that were left out.
    """

    names: tuple[str, ...]
    held_out: tuple[str, ...]
    learned: tuple[Volume, ...] = ()
    volumes: tuple[Volume, ...] = ()
    images: tuple[Image, ...] = ()
    held_out_images: tuple[Image, ...] = ()
    left_out: Counts = ()

    def material(self) -> "Material":
        """The data in the form that the training loop takes."""
        from srviewer.nn.data.training_data import (  # lazy: loads torch
            ImageTrainingData,
            VolumeTrainingData,
        )

        if self.images:
            return ImageTrainingData(self.images, self.held_out_images)
        return VolumeTrainingData(self.learned, self.volumes)


def volume_data(paths: Sequence[Path], validation: Sequence[Path]) -> Job[TrainingData]:
    """Read the scans in files and folders; of each series the first time point.

    Args:
        paths: The training set.
        validation: The validation set, which may be empty.

    Returns:
        A job whose result is the data; it yields ``DataRead`` last.

    Raises:
        UserError: A file cannot be read, a subject is in both sets, or a set holds nothing but
            segmentations.
    """
    learned, left_out = yield from within(_scans_in(paths), 0.0, 0.2)
    held_out, also_left_out = yield from within(_scans_in(validation), 0.2, 0.3)
    check_split(people_of(learned), people_of(held_out))
    names = unique_names([scan_name(series) for series in (*learned, *held_out)])
    volumes: list[Volume] = []
    for number, (name, series) in enumerate(zip(names, (*learned, *held_out), strict=True)):
        done = 0.3 + 0.7 * number / len(names)
        volume = yield from within(series.read(0), done, done)
        volumes.append(replace(volume, name=name))
    kept = len(learned)
    together = added(left_out, also_left_out)
    yield DataRead(1.0, "The scans are read", together)
    return TrainingData(
        names[:kept],
        names[kept:],
        learned=tuple(volumes[:kept]),
        volumes=tuple(volumes[kept:]),
        left_out=together,
    )


def image_data(paths: Sequence[Path], validation: Sequence[Path]) -> Job[TrainingData]:
    """Read images, and those directly in folders.

    Args:
        paths: The training set.
        validation: The validation set, which may be empty.

    Returns:
        A job whose result is the data.

    Raises:
        UserError: An image cannot be read, or is in both sets.
    """
    people = yield from within(people_in(paths, "image"), 0.0, 0.05)
    others = yield from within(people_in(validation, "image"), 0.05, 0.1)
    check_split(people, others)
    learned = yield from within(_images(people), 0.1, 0.8)
    held_out = yield from within(_images(others), 0.8, 1.0)
    names = unique_names([name for name, _ in (*learned, *held_out)])
    return TrainingData(
        names[: len(learned)],
        names[len(learned) :],
        images=tuple(image for _, image in learned),
        held_out_images=tuple(image for _, image in held_out),
    )


def _scans_in(paths: Sequence[Path]) -> Job[tuple[tuple[Series, ...], Counts]]:
    """The scans in the files and the counts of the rest; UserError without a scan."""
    if not paths:
        return (), ()
    listing = yield from within(scan(list(paths)), 0.0, 0.5)
    kept, left_out = yield from within(scans_among(listing.series), 0.5, 1.0)
    if not kept:
        where = f"'{paths[0]}'" if len(paths) == 1 else f"what these {len(paths)} paths hold"
        raise UserError(
            f"There is no scan in {where}, only {summary(left_out)}. Give scans: a network cannot "
            f"learn from labels, nor be measured on them."
        )
    return kept, left_out


def _images(people: Sequence[Person]) -> Job[list[tuple[str, Image]]]:
    from srviewer.io.images import read_image  # lazy: Pillow

    files = [file for person in people for file in person.files]
    images = []
    for number, file in enumerate(files):
        yield Progress(number / len(files), f"Reading {file.name}")
        images.append((file.stem, read_image(file)))
    return images
