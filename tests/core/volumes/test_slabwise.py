"""Whole volumes in steps: the same numbers, in the same memory order."""

import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation, residual
from srviewer.core.reconstruction.fusion import FUSIONS, disagreement
from srviewer.core.slices.planes import cross_planes, restack
from srviewer.core.volumes import slabwise as module
from srviewer.core.volumes.slabwise import slabwise
from srviewer.core.volumes.volume import Voxels
from srviewer.job import Progress, run

SHAPE = (9, 14, 24)


@pytest.fixture(autouse=True)
def small_slabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLAB_VOXELS", 500)


def _stacks(thick: int) -> list[Voxels]:
    """Two estimates as the planes leave them: each in the memory order of its own stack."""
    random = np.random.default_rng(0)
    made = []
    for group in cross_planes(thick):
        order = (group.normal, thick, 3 - thick - group.normal)
        slices = random.normal(size=[SHAPE[a] for a in order]).astype(np.float32)
        made.append(restack(slices, group.thick, group.normal))
    return made


@pytest.mark.parametrize("thick", range(3))
@pytest.mark.parametrize("work", [*(f.fuse for f in FUSIONS), disagreement])
def test_joining_by_slabs_gives_every_bit(thick: int, work: object) -> None:
    stacks, steps = _stacks(thick), list[Progress]()
    made = run(slabwise(work, *stacks, message="joining"), steps.append)  # type: ignore[arg-type]
    assert np.array_equal(made, work(*stacks))  # type: ignore[operator]
    assert len(steps) >= 4 and {step.message for step in steps} == {"joining"}
    assert sorted(step.fraction for step in steps) == [step.fraction for step in steps]


@pytest.mark.parametrize("axis", range(3))
def test_a_residual_by_slabs_gives_every_bit_in_the_same_order(axis: int) -> None:
    thin, degradation = _stacks(axis)[0], Degradation(axis, 3)
    shape = list(SHAPE)
    shape[axis] //= 3
    scan = np.random.default_rng(1).normal(size=shape).astype(np.float32)

    def work(result: Voxels, thick: Voxels) -> Voxels:
        return residual(result, thick, degradation)

    made, expected = run(slabwise(work, thin, scan, message="", along=axis)), work(thin, scan)
    assert np.array_equal(made, expected)
    assert np.argsort(made.strides).tolist() == np.argsort(expected.strides).tolist()


def test_a_slab_may_be_no_thinner_than_a_plane_and_a_volume_empty() -> None:
    large = np.ones((3, 40, 50), np.float32)
    assert len(list(slabwise(np.negative, large, message=""))) == 3
    assert run(slabwise(np.negative, large[:0], message="")).shape == (0, 40, 50)
