"""The networks of a training run, and one step of their learning."""

import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from srviewer.nn.data.prefetching import PatchBatch
from srviewer.nn.devices.distributed import parallel, synchronised
from srviewer.nn.devices.processes import Process
from srviewer.nn.inference.infer import built_network, weights_of
from srviewer.nn.models.building import check_size, kinds_of
from srviewer.nn.models.feature_network import feature_network
from srviewer.nn.models.model_file import Model, load_model
from srviewer.nn.models.optimiser_state import optimiser_arrays, optimiser_kinds, restore_optimiser
from srviewer.nn.models.safetensors_file import Arrays, Outline
from srviewer.nn.models.weight_transfer import grown
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.networks.interpolated_base import base_of
from srviewer.nn.plans.parts import LossWeights
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.training.discriminator_training import Adversary
from srviewer.nn.training.losses import compared
from srviewer.nn.training.schedule import Pace

BETAS = (0.9, 0.99)
SEED_STRIDE = 1_000_003  # more than the steps of any run, so that no two seeds meet


class Learner:
    """A generator that learns, its averaged weights, and the discriminator where there is one.

    Raises UserError when the model to start from or the feature network is missing or unfit.
    """

    def __init__(self, plan: TrainingPlan, device: torch.device, process: Process) -> None:
        torch.manual_seed(plan.seed)
        self._plan, self._device = plan, device
        start = load_model(Path(plan.start_from)) if plan.start_from else None
        network = started(plan, start).to(device)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = synchronised(network, device, process)
        self.averaged = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._parallel = parallel(self.network, device, process)
        self._optimiser = torch.optim.Adam(
            self.network.parameters(), lr=plan.learning_rate, betas=BETAS
        )
        self._texture_of = partner(plan, start, network)
        self._base = base_of(plan.shape).to(device)
        self._features = (
            feature_network(plan.features).to(device) if plan.losses.needs_features else None
        )
        self._adversary = Adversary(plan, device, process) if plan.is_adversarial else None

    def learn(self, batch: PatchBatch, step: int, pace: Pace) -> dict[str, Tensor]:
        """One step; each loss term before weighting, "total", and "discriminator" in a game."""
        for group in self._optimiser.param_groups:
            group["lr"] = pace.rate
        given = batch.given.to(self._device, non_blocking=True)
        truth = batch.truth.to(self._device, non_blocking=True)
        plays = self._adversary is not None and pace.stage == "adversarial"
        with self._mixed_precision():
            result = self._parallel(given, batch.factor)
            terms = compared(pace.losses.used(), result, truth, self._features)
            if self._adversary is not None and plays:
                interpolated = self._interpolated(given, batch.factor)
                terms["adversarial"] = self._adversary.judged(truth, result, interpolated)
        total = weighted(terms, pace.losses)
        self._optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self._plan.gradient_norm)
        self._optimiser.step()
        if self._adversary is not None and plays:
            seed = self._plan.seed * SEED_STRIDE + step
            with self._mixed_precision():
                terms["discriminator"] = self._adversary.learn(
                    truth, result, interpolated, seed, pace.rate
                )
        self._average(min(self._plan.ema, (1 + step) / (10 + step)))
        return {"total": total.detach(), **{name: term.detach() for name, term in terms.items()}}

    def model(self, name: str) -> Model:
        """The averaged weights so far, as a model."""
        weights = dict(weights_of(self.averaged))
        spec, partner = network_spec(self._plan.network), self._texture_of
        plan = self._plan.to_share()
        return Model(name, spec, weights, plan, texture_of="" if partner == name else partner)

    def is_finite(self) -> bool:
        """Whether every weight that would be kept is a number."""
        return all(
            bool(torch.isfinite(weight).all())
            for network in (self.network, self.averaged)
            for weight in network.state_dict().values()
        )

    def arrays(self) -> Arrays:
        """Everything that has changed since the start, by name."""
        arrays: Arrays = {}
        for part, network in self._networks().items():
            arrays |= {f"{part}/{name}": weight for name, weight in weights_of(network)}
        for part, optimiser in self._optimisers().items():
            arrays |= {f"{part}/{k}": array for k, array in optimiser_arrays(optimiser).items()}
        return arrays

    def check(self, outline: Outline) -> None:
        """ValueError for arrays that are not those of this run, by name, type and shape."""
        expected = {}
        for part, network in self._networks().items():
            kinds = {f"{part}/{name}": kind for name, kind in kinds_of(network).items()}
            if not kinds.items() <= outline.arrays.items():
                raise ValueError(f"the arrays of its {part} are not those of the run")
            expected.update(kinds)
        rest = dict(outline.arrays.items() - expected.items())
        for part, optimiser in self._optimisers().items():
            known = optimiser_kinds(optimiser)
            rest = {
                name: kind
                for name, kind in rest.items()
                if known.get(name.removeprefix(f"{part}/")) != kind
            }
        if rest:
            raise ValueError(f"its array '{next(iter(rest))[:80]}' is none of the run")

    def restore(self, arrays: Arrays) -> None:
        """Take over what ``arrays()`` gave."""
        for part, network in self._networks().items():
            network.load_state_dict(
                {name: torch.from_numpy(a) for name, a in _part(arrays, part).items()}
            )
        for part, optimiser in self._optimisers().items():
            restore_optimiser(optimiser, _part(arrays, part))

    def _networks(self) -> dict[str, nn.Module]:
        networks = {"network": self.network, "averaged": self.averaged}
        return networks | ({"discriminator": self._adversary.network} if self._adversary else {})

    def _optimisers(self) -> dict[str, torch.optim.Optimizer]:
        optimisers: dict[str, torch.optim.Optimizer] = {"optimiser": self._optimiser}
        if self._adversary:
            optimisers["discriminator_optimiser"] = self._adversary.optimiser
        return optimisers

    def _interpolated(self, given: Tensor, factor: int) -> Tensor:
        k = self._plan.neighbours
        middle = given[:, k : k + 1] if self._plan.layout == "axis" else given
        interpolated: Tensor = self._base(middle, factor)
        return interpolated

    def _mixed_precision(self) -> torch.autocast:
        """On GPUs only: CPUs without matrix units are slower in bfloat16."""
        on = self._device.type == "cuda"
        return torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=on)

    def _average(self, decay: float) -> None:
        with torch.no_grad():
            kept: list[Tensor] = list(self.averaged.parameters())
            new: list[Tensor] = list(self.network.parameters())
            torch._foreach_lerp_(kept, new, 1 - decay)
            for old, now in zip(self.averaged.buffers(), self.network.buffers(), strict=True):
                old.copy_(now)


def started(plan: TrainingPlan, start: Model | None) -> nn.Module:
    """The network at step 0: fresh, or with the weights of ``start``, grown where smaller."""
    spec = network_spec(plan.network)
    check_size(lambda: spec.build(plan.shape), "network")
    network = spec.build(plan.shape)
    if start is None:
        return network
    weights = grown(start.weights, dict(weights_of(network)))
    return built_network(Model(start.name, spec, weights, plan))


def partner(plan: TrainingPlan, start: Model | None, network: nn.Module) -> str:
    """The name of the model whose sharper pair a run makes, "" for none.

    A run for looks that starts from a faithful network of its very shape makes the pair of that
    network; one that goes on from such a pair makes another of the same.
    """
    if start is None or not plan.seeks_texture:
        return ""
    shapes = {name: weight.shape for name, weight in weights_of(network)}
    if start.plan.network != plan.network or shapes != start.shapes:
        return ""
    return start.texture_of if start.plan.seeks_texture else start.name


def weighted(terms: dict[str, Tensor], losses: LossWeights) -> Tensor:
    """Eq. 17: the sum of the terms, each by its weight."""
    weights = losses.used()
    return torch.stack([weights[name] * term.float() for name, term in terms.items()]).sum()


def _part(arrays: Arrays, part: str) -> dict[str, np.ndarray]:
    return {
        name.removeprefix(f"{part}/"): array
        for name, array in arrays.items()
        if name.startswith(f"{part}/")
    }
