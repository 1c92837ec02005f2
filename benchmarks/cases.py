"""The measured cases: each function gives the rows of one part of the program."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np

from benchmarks.balls import ball
from benchmarks.oblique_planes import oblique_planes
from benchmarks.opening import opening
from benchmarks.responding import responding
from benchmarks.starting import starting
from benchmarks.thick_slabs import thick_slabs
from benchmarks.timing import Row, alternately, at_least, at_most
from srviewer.core.comparison.comparison import Comparison
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import Progress, run

MOST_SECONDS = 60  # for a program to start
CROSSING_MM = 40  # how far the crosshair travels while panes are timed
FRAME_MS = 1000 / 60  # of a screen


def start_up() -> Iterator[Row]:
    """`srviewer --help` against an empty Python."""

    def python(*arguments: str) -> None:
        command = [sys.executable, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=MOST_SECONDS)

    ours, bare = alternately(
        lambda: python("-m", "srviewer", "--help"), lambda: python("-c", "pass"), 7
    )
    more = ours - bare
    yield Row(
        "start-up: srviewer --help",
        f"{ours:.3g} s",
        f"{bare:.3g} s (python -c pass)",
        ours / bare,
        "at most 0.3 s more",
        more <= 0.3,
    )


def files() -> Iterator[Row]:
    """Opening and exporting 256 x 256 x 192 voxels, packed, against nibabel."""
    scan = ball((256, 256, 192), (1, 1, 1))
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "scan.nii.gz"), Path(folder, "out.nii.gz")
        nib.save(nib.Nifti1Image(scan.voxels.astype(np.int16), scan.geometry.affine), source)
        ours, theirs = alternately(
            lambda: run(read(source)), lambda: nib.load(source).get_fdata(dtype=np.float32)
        )
        yield at_most("open: 256x256x192 .nii.gz", ours, theirs, "s", "nibabel", 1.3)
        image = nib.Nifti1Image(scan.voxels, scan.geometry.affine)
        ours, theirs = alternately(
            lambda: run(write_image(scan, target, {}, overwrite=True)),
            lambda: nib.save(image, Path(folder, "theirs.nii.gz")),
            3,
        )
        yield at_most("export: 256x256x192 .nii.gz, verified", ours, theirs, "s", "nibabel", 1.5)


def panes() -> Iterator[Row]:
    """A step through 2 x 3 linked panes, and a drag of the grey levels."""
    from benchmarks.windows import frame_ms, idle, open_window
    from srviewer.core.intensity.window import Window
    from srviewer.sr.reconstruction.reconstruct import reconstruct
    from srviewer.sr.requests.request import Request

    thick = ball((512, 512, 80), (0.5, 0.5, 2.0))
    result = run(reconstruct(thick, Request(2, 4, "linear")))
    with open_window(thick) as window:
        study = window.study
        study.set(study.state.with_result(result))
        study.compare(replace(study.comparing, layout="compare"))
        idle(window)
        centre = np.array(study.view.cursor_mm)

        def step_on(step: int) -> None:
            study.move_cursor(centre + step / 2)

        def drag(step: int) -> None:
            study.set_window(Window(0.0, 500.0 + step))

        for name, change in (
            ("scroll: 2x3 panes, 512x512x320", step_on),
            ("window/level drag", drag),
        ):
            frame = frame_ms(change, CROSSING_MM)
            yield at_most(name, frame, FRAME_MS, "ms", "a frame at 60 Hz", 1.0)


def network() -> Iterator[Row]:
    """The shipped network's convolutions against a plain one of its width, one thread each."""
    import torch

    from srviewer.nn.inference.infer import Upsampler
    from srviewer.nn.networks.generator_table import network_spec
    from srviewer.sr.models.available_models import find_model

    torch.set_num_threads(1)
    model = find_model("fast")
    width, factor = model.plan.shape.size.width, 4
    upsampler = Upsampler(model, "cpu")
    slices = np.random.default_rng(1).random((2, 64, 256), dtype=np.float32)
    plain = torch.nn.Conv2d(width, width, 3, padding=1).eval()
    plain.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    features = torch.rand(1, 64, 256, width).permute(0, 3, 1, 2)

    def convolve() -> None:
        with torch.inference_mode():
            for _ in range(10):
                plain(features)

    ours, theirs = alternately(lambda: run(upsampler.upsample(slices, factor, 1.0)), convolve, 9)
    trunk = network_spec(model.spec.id).build(replace(model.plan.shape, factors=(factor,)))
    weights = sum(p.numel() for p in trunk.parameters() if p.ndim == 4)
    rate = 2 * weights * slices.size / ours / 1e9
    bare = 2 * 9 * width**2 * features.shape[2] * features.shape[3] * 10 / theirs / 1e9
    yield at_least("reconstruct: network", rate, bare, "GFLOP/s", "plain convolution", 0.6)


def scores() -> Iterator[Row]:
    """PSNR, SSIM and MAE of every slice of three planes against scikit-image's SSIM alone."""
    from skimage.metrics import structural_similarity

    truth = ball((128, 128, 96), (1, 1, 1))
    other = replace(truth, voxels=truth.voxels + np.float32(3))

    def theirs() -> None:
        for axis in range(3):
            for one, two in zip(
                np.moveaxis(truth.voxels, axis, 0), np.moveaxis(other.voxels, axis, 0), strict=True
            ):
                structural_similarity(
                    one, two, data_range=1000, gaussian_weights=True, use_sample_covariance=False
                )

    ours, bare = alternately(
        lambda: run(Comparison(truth, other, "a shifted copy").scores()), theirs, 3
    )
    yield at_most("metrics: 128x128x96, all planes", ours, bare, "s", "scikit-image", 1.5)


def training() -> Iterator[Row]:
    """The share of a training run's time in which the network does not wait for data."""
    from srviewer.nn.catalogue import training_plan
    from srviewer.nn.reports.report import TrainStep
    from srviewer.sr.training.run import TrainingJob, trained_model

    scan = ball((96, 96, 96), (1, 1, 1))
    steps: list[TrainStep] = []

    def keep(step: Progress) -> None:
        if isinstance(step, TrainStep):
            steps.append(step)

    with TemporaryDirectory() as folder:
        path = Path(folder, "scan.nii.gz")
        nib.save(nib.Nifti1Image(scan.voxels, scan.geometry.affine), path)
        plan = replace(training_plan("fast").with_factors((2, 4)), minutes=0.0, steps=40)
        job = TrainingJob((path,), (), plan, Path(folder, "model.safetensors"), "cpu")
        run(trained_model(job), keep)
    busy = 1 - steps[-1].waiting
    yield at_least("train: forward and backward", busy * 100, 100, "%", "wall time", 0.85)


CASES = (
    start_up,
    starting,
    files,
    opening,
    responding,
    panes,
    thick_slabs,
    oblique_planes,
    network,
    scores,
    training,
)
