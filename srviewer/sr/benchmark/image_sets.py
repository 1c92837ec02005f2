"""Scores of sets of 2D images that were shrunk, then enlarged by bicubic and by networks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from srviewer.core.scores.bicubic import Image, resized
from srviewer.core.scores.image_scores import (
    ImageScore,
    Protocol,
    cropped,
    in_eight_bits,
    score,
    shrunk,
)
from srviewer.errors import UserError
from srviewer.io.images import image_files, read_image
from srviewer.job import Job, Progress, within
from srviewer.nn.models.model_file import Model
from srviewer.sr.models.available_models import find_model

BICUBIC = "bicubic"
IMAGE_LAYOUT = "image"


@dataclass(frozen=True)
class BenchmarkRow:
    """The mean scores of one model over one set at one scale.

    Attributes:
        set: The name of the folder.
        scale: Of shrinking and enlarging.
        model: The name of the model, or "bicubic".
        preset: The preset that the model was trained from, or "bicubic".
        images: Their number.
        psnr: Mean, in dB; infinite where an image is exact.
        ssim: Mean.
        seconds: Mean wall time of enlarging one image, without reading and scoring it.
    """

    set: str
    scale: int
    model: str
    preset: str
    images: int
    psnr: float
    ssim: float
    seconds: float


@dataclass(frozen=True)
class BenchmarkResult:
    """The scores of a benchmark.

    Attributes:
        protocol: Of scoring.
        device: The title of the device of the networks; "" without networks.
        rows: By set, scale and model, bicubic first.
    """

    protocol: Protocol
    device: str
    rows: tuple[BenchmarkRow, ...]


@dataclass(frozen=True)
class _Contender:
    """A way to enlarge images.

    Attributes:
        scales: Those that it can do; None for any.
        enlarge: (H, W, 3) in 0..1 and the scale r -> a job that gives (rH, rW, 3), whose values may
            leave 0..1.
    """

    name: str
    preset: str
    scales: tuple[int, ...] | None
    enlarge: Callable[[Image, int], Job[Image]]

    def can(self, scale: int) -> bool:
        return self.scales is None or scale in self.scales


@dataclass
class _Tally:
    """The scores and times of one contender so far, on one set at one scale."""

    scores: list[ImageScore] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def benchmark_images(
    folders: Sequence[Path],
    scales: Sequence[int],
    models: Sequence[str],
    protocol: Protocol,
    device: str,
) -> Job[BenchmarkResult]:
    """Score bicubic and models on the images of each folder at each scale.

    Every image is cropped to a multiple of the scale, shrunk by antialiased bicubic and rounded to
    8 bits; the enlarged one is rounded, too.

    Args:
        folders: The sets.
        scales: Whole numbers from 2 on.
        models: Names or files; bicubic needs no entry. A model has rows for its own scales alone.
        protocol: Of scoring.
        device: One of ``DEVICES``.

    Returns:
        A job whose result is the mean scores.

    Raises:
        UserError: A folder has no images, an image cannot be read or is too small, two folders or
            models have one name, or a model enlarges no images or does none of the scales.
    """
    _check(folders, scales)
    files = {folder.resolve().name: image_files(folder) for folder in folders}
    yield Progress(0.0, "Loading the models")
    wanted = [_image_model(name, scales) for name in models if name != BICUBIC]
    _check_names("model", [model.name for model in wanted])
    where, trained = _upsamplers(wanted, device) if wanted else ("", [])
    contenders = [_Contender(BICUBIC, BICUBIC, None, _bicubic), *trained]
    rows: list[BenchmarkRow] = []
    total = len(files) * len(scales)
    for number, (name, paths) in enumerate(files.items()):
        for index, scale in enumerate(scales):
            able = [contender for contender in contenders if contender.can(scale)]
            done = number * len(scales) + index
            job = _tallies(paths, scale, able, protocol)
            tallies = yield from within(job, done / total, (done + 1) / total)
            rows.extend(
                _row(name, scale, *contender_tally)
                for contender_tally in zip(able, tallies, strict=True)
            )
    return BenchmarkResult(protocol, where, tuple(rows))


def _check(folders: Sequence[Path], scales: Sequence[int]) -> None:
    if not folders or not scales or min(scales) < 2:
        raise UserError("Give at least one folder, and scales that are whole numbers from 2 on.")
    _check_names("folder", [folder.resolve().name for folder in folders])


def _check_names(kind: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(
            f"More than one {kind} is called {', '.join(twice)}: their rows would look "
            f"the same. Rename one, or measure them one after the other."
        )


def _tallies(
    paths: Sequence[Path], scale: int, contenders: Sequence[_Contender], protocol: Protocol
) -> Job[list[_Tally]]:
    """Run every contender on every image: one job for all, so that an image is read once."""
    tallies = [_Tally() for _ in contenders]
    for number, path in enumerate(paths):
        truth = cropped(in_eight_bits(read_image(path)), scale)
        if min(truth.shape[:2]) < scale:
            raise UserError(f"The image '{path}' is smaller than the scale {scale}. Leave it out.")
        small = shrunk(truth, scale)
        for index, (contender, tally) in enumerate(zip(contenders, tallies, strict=True)):
            done = (number + index / len(contenders)) / len(paths)
            yield Progress(done, f"{path.parent.name} x{scale}: {path.name}, {contender.name}")
            started = time.perf_counter()
            large = yield from within(contender.enlarge(small, scale), done, done)
            tally.seconds.append(time.perf_counter() - started)
            tally.scores.append(score(truth, large, scale, protocol))
    return tallies


def _row(name: str, scale: int, contender: _Contender, tally: _Tally) -> BenchmarkRow:
    return BenchmarkRow(
        set=name,
        scale=scale,
        model=contender.name,
        preset=contender.preset,
        images=len(tally.scores),
        psnr=float(np.mean([image_score.psnr for image_score in tally.scores])),
        ssim=float(np.mean([image_score.ssim for image_score in tally.scores])),
        seconds=round(float(np.mean(tally.seconds)), 4),
    )


def _bicubic(image: Image, scale: int) -> Job[Image]:
    yield from ()
    return resized(image, scale)


def _image_model(name: str, scales: Sequence[int]) -> Model:
    """The model of this name or file; UserError when it enlarges no images or by no such scale."""
    model = find_model(name)
    if model.plan.layout != IMAGE_LAYOUT:
        raise UserError(
            f"The model '{model.name}' refines volumes along one axis; it cannot enlarge images. "
            f"Name a model that was trained with the layout '{IMAGE_LAYOUT}'."
        )
    if not set(scales) & set(model.factors):
        raise UserError(
            f"The model '{model.name}' enlarges by {', '.join(map(str, model.factors))}, and by "
            f"none of the scales asked for ({', '.join(map(str, scales))}). Choose other scales."
        )
    return model


def _upsamplers(models: Sequence[Model], device: str) -> tuple[str, list[_Contender]]:
    """The title of the device, and the networks on it."""
    from srviewer.nn.inference.image_infer import ImageUpsampler  # lazy: loads torch

    ready = [(model, ImageUpsampler(model, device)) for model in models]
    contenders = [
        _Contender(model.name, model.plan.preset, model.factors, upsampler.upsample)
        for model, upsampler in ready
    ]
    return ready[0][1].device_title, contenders
