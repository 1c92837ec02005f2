"""One short run like any other: the same patches, the same schedule, one thread."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.ablation.networks import AxialBranch, Variant
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.model_file import Model
from srviewer.nn.networks.generator_table import NetworkSpec
from srviewer.nn.networks.shape import Size
from srviewer.nn.plans.plan import TrainingPlan

RATE, EMA = 2e-3, 0.995
PLAN = TrainingPlan(
    "ablation", width=16, blocks=6, factors=(2, 4), factor_shares=(0.5, 0.5), batch=16
)
AXIAL_PATCH = 40


def plan_of(variant: Variant, steps: int, seed: int) -> TrainingPlan:
    """The plan of a variant's run."""
    return replace(
        PLAN,
        width=variant.width,
        neighbours=variant.neighbours,
        steps=steps,
        seed=seed,
    )


def learned(variant: Variant, volumes: list[Volume], plan: TrainingPlan) -> tuple[Model, float]:
    """The variant after its run, and the seconds of processor time that it took."""
    torch.manual_seed(plan.seed)
    network = variant.build(plan.shape)
    source = PatchSource(volumes, plan)

    def loss(step: int) -> Tensor:
        batch = source.draw(step)
        return functional.l1_loss(network(batch.inputs, batch.factor), batch.targets)

    kept, seconds = descended(network, loss, plan.steps)
    if variant.merged is not None:
        kept = merged_exactly(variant, kept)
    return as_model(kept, plan), seconds


def as_model(network: nn.Module, plan: TrainingPlan) -> Model:
    """A network as what the program runs."""

    def build(_: object) -> nn.Module:
        return copy.deepcopy(network)

    spec = NetworkSpec("ablation", "", Size(1, 1), "", build, lambda shape, factor: 0.0)
    return Model("ablation", spec, dict(weights_of(network)), plan)


def merged_exactly(variant: Variant, network: nn.Module) -> nn.Module:
    """The merged network; an error unless it does the same."""
    assert variant.merged is not None
    slices = torch.rand(1, 2 * variant.neighbours + 1, 9, 12)
    with torch.no_grad():
        before = network(slices, 2)
        network = variant.merged(network)
        assert torch.allclose(before, network(slices, 2), atol=1e-5)
    return network


def descended(
    network: nn.Module, loss: Callable[[int], Tensor], steps: int
) -> tuple[nn.Module, float]:
    """Adam with a cosine; the averaged network, and the seconds of processor time."""
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    kept = copy.deepcopy(network).requires_grad_(False)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE, betas=(0.9, 0.99))
    started = time.process_time()
    for step in range(steps):
        rise = min(1.0, (step + 1) / (0.05 * steps))
        optimiser.param_groups[0]["lr"] = (
            RATE * rise * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        )
        optimiser.zero_grad(set_to_none=True)
        loss(step).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        decay = min(EMA, (1 + step) / (10 + step))
        with torch.no_grad():
            for old, new in zip(kept.parameters(), network.parameters(), strict=True):
                old.lerp_(new, 1 - decay)
    return kept, time.process_time() - started


def axial_branch(
    pairs: list[tuple[Voxels, Voxels]], steps: int, seed: int
) -> tuple[AxialBranch, float]:
    """The branch after its run on (estimate, truth) with the thick axis first, values in 0..1."""
    torch.manual_seed(seed)
    network = AxialBranch()
    random = np.random.default_rng(seed)

    def loss(_: int) -> Tensor:
        given, wanted = zip(*(_axial_patch(pairs, random) for _ in range(PLAN.batch)), strict=True)
        slices = torch.from_numpy(np.stack(given))
        detail = network(slices)
        return functional.l1_loss(slices[:, 1:2] + detail, torch.from_numpy(np.stack(wanted)))

    kept, seconds = descended(network, loss, steps)
    assert isinstance(kept, AxialBranch)
    return kept, seconds


def _axial_patch(
    pairs: list[tuple[Voxels, Voxels]], random: np.random.Generator
) -> tuple[Voxels, Voxels]:
    """(3, H, W) of the estimate and (1, H, W) of the truth."""
    estimate, truth = pairs[random.integers(len(pairs))]
    size = (3, AXIAL_PATCH, AXIAL_PATCH)
    corner = [int(random.integers(n - s + 1)) for n, s in zip(truth.shape, size, strict=True)]
    place = tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))
    return estimate[place].copy(), truth[place][1:2].copy()


def multiply_adds(network: nn.Module, channels: int, *factor: int) -> int:
    """Of one pixel that the network is given; those of the base are left out."""
    total = 0

    def count(layer: nn.Module, _: object, made: Tensor) -> None:
        nonlocal total
        assert isinstance(layer, nn.Conv2d)
        total += made.shape[2] * made.shape[3] * layer.weight.numel()

    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        network(torch.zeros(1, channels, 16, 16), *factor)
    for hook in hooks:
        hook.remove()
    return total // 16**2
