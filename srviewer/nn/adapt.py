"""Fitting a trained network to the scan that it is about to rebuild."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from srviewer.core.metrics import foreground, psnr
from srviewer.job import Job, Progress, within
from srviewer.nn.adaptation import Adaptation, Adapted, worth_keeping
from srviewer.nn.batches import PatchBatch, prefetched
from srviewer.nn.devices import chosen_device
from srviewer.nn.infer import built_network, weights_of
from srviewer.nn.model_file import Model
from srviewer.nn.scan_pairs import ScanPair, ScanPairs

LEARNING_RATE = 1e-3  # decays to 0 over the budget
WARM_UP = 20  # steps
BETAS = (0.9, 0.99)
GRADIENT_NORM = 1.0


def adapt(
    model: Model, pairs: ScanPairs, adaptation: Adaptation, device: str
) -> Job[tuple[Model, Adapted]]:
    """The model after learning from ``pairs``, or as it was where that did not help.

    It helped when the scan's own held-out slices are restored better. A step is a yield, so that a
    cancel is prompt. Normalisation keeps its trained statistics.
    """
    torch.manual_seed(adaptation.seed)
    where = chosen_device(device)
    network = built_network(model).eval().to(where)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    held_out = pairs.held_out()
    before = yield from within(_score(network, held_out, where), 0.0, 0.02)
    started = time.monotonic()
    steps = yield from within(_learn(network, pairs, adaptation, where), 0.02, 0.98)
    seconds = time.monotonic() - started
    after = yield from within(_score(network, held_out, where), 0.98, 1.0)
    kept = worth_keeping(before, after) and all(
        bool(torch.isfinite(weight).all()) for weight in network.parameters()
    )
    outcome = Adapted(kept, before, after, steps, round(seconds, 3))
    if not kept:
        return model, outcome
    return replace(model, weights=dict(weights_of(network))), outcome


def _learn(
    network: nn.Module, pairs: ScanPairs, adaptation: Adaptation, device: torch.device
) -> Job[int]:
    """Learn until the budget is used; the steps done."""
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, betas=BETAS)
    budget, started, step, done = adaptation.budget, time.monotonic(), 0, 0.0
    with prefetched(pairs, 0, 1) as batches:
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
    result = network(batch.given.to(device), batch.factor)
    loss = functional.l1_loss(result, batch.truth.to(device))
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_NORM)
    optimiser.step()


def _score(network: nn.Module, pairs: Sequence[ScanPair], device: torch.device) -> Job[float]:
    """Mean PSNR in dB over the foreground; 0 where nothing can be scored, so that nothing wins."""
    found = []
    for number, pair in enumerate(pairs):
        yield Progress(number / len(pairs), "Scoring the held-out slices")
        score = psnr(pair.truth, _restored(network, pair, device), 1.0, foreground(pair.truth, 1.0))
        if score is not None:
            found.append(score)
    return float(np.mean(found)) if found else 0.0


def _restored(network: nn.Module, pair: ScanPair, device: torch.device) -> np.ndarray:
    """The torch mode is left before anything yields."""
    with torch.inference_mode():
        given = torch.from_numpy(np.ascontiguousarray(pair.given))[None].to(device)
        return np.asarray(network(given, pair.factor)[0, 0].float().cpu().numpy())
