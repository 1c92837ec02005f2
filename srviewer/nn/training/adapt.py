"""Adaptation: fine-tuning a trained network on the scan that is to be reconstructed."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from srviewer.core.intensity.intensity_range import OF_SHARES
from srviewer.core.scores.metrics import psnr
from srviewer.job import Job, Progress, within
from srviewer.nn.data.prefetching import BatchSource, PatchBatch, prefetched
from srviewer.nn.data.scan_pairs import ScanPair
from srviewer.nn.devices.processors import chosen_device
from srviewer.nn.inference.infer import built_network, weights_of
from srviewer.nn.models.model_file import Model
from srviewer.nn.models.weight_interpolation import towards
from srviewer.nn.plans.adaptation import LEAST_GAINS, Adaptation, Adapted, best_share

LEARNING_RATE = 5e-4  # decays to 0 over the budget
WARM_UP = 20  # steps
BETAS = (0.9, 0.99)
GRADIENT_NORM = 1.0
SCORED, FITTED = 0.02, 0.92  # shares of the job


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model after fine-tuning, whatever its scores.

    Attributes:
        model: The model with the fitted weights.
        steps: Training steps done.
        seconds: Wall time of the training.
    """

    model: Model
    steps: int
    seconds: float


def adapt(
    model: Model,
    source: BatchSource,
    held_out: Sequence[ScanPair],
    adaptation: Adaptation,
    device: str,
) -> Job[tuple[Model, Adapted]]:
    """Fine-tune a model and keep as much of the change as held-out slices support.

    The weights move towards the fitted ones by the share that restores ``held_out`` best, see
    ``best_share``.

    Args:
        model: The trained model.
        source: Training batches of the scan.
        held_out: Slices of the scan held out from ``source``, to be scored.
        adaptation: The budget and the seed.
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        A job with the model to use, ``model`` itself where nothing is gained, and the outcome.
    """
    before = yield from within(restored_psnr(model, held_out, device), 0.0, SCORED)
    tuned = yield from within(fitted(model, source, adaptation, device), SCORED, FITTED)
    blends = {share: towards(model, tuned.model, share) for share in LEAST_GAINS}
    after = {}
    for number, (share, blend) in enumerate(blends.items()):
        start, stop = (FITTED + (1 - FITTED) * n / len(blends) for n in (number, number + 1))
        after[share] = yield from within(restored_psnr(blend, held_out, device), start, stop)
    share, reached = best_share(before, after)
    outcome = Adapted(share > 0, before, reached, tuned.steps, tuned.seconds, share)
    return blends.get(share, model), outcome


def fitted(model: Model, source: BatchSource, adaptation: Adaptation, device: str) -> Job[Fitted]:
    """Fine-tune a model until the budget is used.

    It yields after each step, so that a cancel is prompt. Batch normalisation keeps its trained
    statistics.

    Args:
        model: The trained model.
        source: Training batches.
        adaptation: The budget and the seed.
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        A job with the fitted model, steps and seconds.
    """
    torch.manual_seed(adaptation.seed)
    processor = chosen_device(device)
    network = _ready(model, processor)
    started = time.monotonic()
    steps = yield from _learn(network, source, adaptation, processor)
    learned = replace(model, weights=dict(weights_of(network)))
    return Fitted(learned, steps, round(time.monotonic() - started, 3))


def _ready(model: Model, device: torch.device) -> nn.Module:
    network = built_network(model).eval().to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _learn(
    network: nn.Module, source: BatchSource, adaptation: Adaptation, device: torch.device
) -> Job[int]:
    """Train until the budget is used; the number of steps done."""
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, betas=BETAS)
    budget, started, step, done = adaptation.budget, time.monotonic(), 0, 0.0
    with prefetched(source, 0, 1) as batches:
        while done < 1.0:
            rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP)
            for group in optimiser.param_groups:
                group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * done))
            _step(network, batches.next(), optimiser, device)
            step += 1
            done = budget.used(step, time.monotonic() - started)
            yield Progress(done, f"Adapting to this scan, step {step}")
    return step


def _step(
    network: nn.Module, batch: PatchBatch, optimiser: torch.optim.Optimizer, device: torch.device
) -> None:
    result = network(batch.inputs.to(device), batch.factor)
    loss = functional.mse_loss(result, batch.targets.to(device))
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
    optimiser.step()


def restored_psnr(model: Model, pairs: Sequence[ScanPair], device: str) -> Job[float]:
    """Score a model on held-out slices.

    Args:
        model: The model.
        pairs: The slices, in shares of the intensity range.
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        A job with the mean PSNR in dB over the foreground; 0 where no slice can be scored, so that
        no share gains.
    """
    processor = chosen_device(device)
    network = _ready(model, processor)
    scores = []
    for number, pair in enumerate(pairs):
        yield Progress(number / len(pairs), "Scoring the held-out slices")
        foreground = OF_SHARES.foreground(pair.target)
        score = psnr(pair.target, _restored(network, pair, processor), 1.0, foreground)
        if score is not None and math.isfinite(score):
            scores.append(score)
    return float(np.mean(scores)) if scores else 0.0


def _restored(network: nn.Module, pair: ScanPair, device: torch.device) -> np.ndarray:
    """The (H, W) output for one pair; torch's inference mode ends before anything yields."""
    with torch.inference_mode():
        inputs = torch.from_numpy(np.ascontiguousarray(pair.inputs))[None].to(device)
        return np.asarray(network(inputs, pair.factor)[0, 0].float().cpu().numpy())
