"""Discriminators on patches of any size."""

import pytest
import torch

from srviewer.nn.networks.discriminators import DISCRIMINATORS, Discriminator, discriminator, seen
from srviewer.nn.plans.parts import DISCRIMINATOR_IDS

EVERY_DISCRIMINATOR = pytest.mark.parametrize("row", DISCRIMINATORS, ids=lambda row: row.id)


def test_the_plans_ids_are_those_of_the_table() -> None:
    assert tuple(row.id for row in DISCRIMINATORS) == DISCRIMINATOR_IDS


@EVERY_DISCRIMINATOR
@pytest.mark.parametrize("size", [(80, 40), (17, 9), (33, 50), (5, 7)])
def test_any_patch_size_is_judged(row: Discriminator, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    images = torch.rand(3, 1, *size)
    looked_at = seen(row, images, torch.zeros_like(images))
    judged = row.build(looked_at.shape[1], 4)(looked_at)
    assert judged.shape == ((3, 1, *size) if row.per_pixel else (3, 1))
    assert torch.isfinite(judged).all() and judged.std() > 0


def test_the_conditional_one_sees_the_input() -> None:
    row = discriminator("conditional")
    torch.manual_seed(0)
    network = row.build(2, 4).eval()
    images = torch.rand(1, 1, 16, 16)
    one, other = (network(seen(row, images, c * torch.ones_like(images))) for c in (0.0, 1.0))
    assert not torch.equal(one, other)


def test_the_critic_judges_each_sample_by_itself() -> None:
    torch.manual_seed(0)
    images = torch.rand(4, 1, 16, 16)
    critic, normalised = (discriminator(name).build(1, 4).train() for name in ("critic", "vgg"))
    assert torch.allclose(critic(images)[:2], critic(images[:2]), atol=1e-6)
    assert not torch.allclose(normalised(images)[:2], normalised(images[:2]), atol=1e-4)


def test_spectral_norm_bounds_the_layers() -> None:
    torch.manual_seed(0)
    network = discriminator("unet").build(1, 4).train()
    for _ in range(30):  # each pass refines the estimate of the largest singular value
        network(torch.rand(1, 1, 16, 16))
    for layer in network.down:
        assert torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2) == pytest.approx(
            1, abs=0.02
        )
