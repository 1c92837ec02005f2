"""A device that runs out of memory, or is lost, in the middle of the work."""

import errno
import os
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from children import ran
from srviewer.errors import UserError, as_user_error
from srviewer.job import run
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.model_file import load_model
from srviewer.paths import resource

SLICES = np.random.default_rng(5).random((6, 16, 20), dtype=np.float32)


@pytest.fixture
def upsampler() -> Upsampler:
    return Upsampler(load_model(resource("models") / "fast.safetensors"), "cpu")


def refuse(upsampler: Upsampler, when: Callable[[int], Exception | None]) -> None:
    """Let the network raise what ``when`` gives for the number of slices in a batch."""

    def before(module: torch.nn.Module, inputs: tuple[torch.Tensor, int]) -> None:
        error = when(len(inputs[0]))
        if error is not None:
            raise error

    upsampler._network.register_forward_pre_hook(before)


def full(*_: object) -> Exception:
    return torch.OutOfMemoryError("no room")


def test_batches_shrink_until_they_fit(upsampler: Upsampler) -> None:
    expected = run(upsampler.upsample(SLICES, 2, 1.0))
    refuse(upsampler, lambda count: full() if count > 2 else None)
    np.testing.assert_allclose(run(upsampler.upsample(SLICES, 2, 1.0)), expected, atol=1e-5)
    assert upsampler.device_title == "cpu"


@pytest.mark.parametrize(
    ("error", "said"), [(full, "ran out of memory"), (torch.AcceleratorError, "was lost")]
)
def test_the_processor_goes_on_and_that_is_said(
    upsampler: Upsampler, error: Callable[[str], Exception], said: str
) -> None:
    expected = run(upsampler.upsample(SLICES, 2, 1.0))
    # Tensors go to this device as to any other; it computes nothing.
    upsampler.device = torch.device("meta")
    refuse(upsampler, lambda count: error("gone"))
    np.testing.assert_allclose(run(upsampler.upsample(SLICES, 2, 1.0)), expected, atol=1e-5)
    assert upsampler.device_title == f"cpu, after meta {said}"


def too_large(*_: object) -> None:
    torch.empty(2**50)  # more than a processor can address: the allocator's own error


@pytest.mark.parametrize("fill", [full, too_large])
def test_a_computer_without_memory_is_told(
    upsampler: Upsampler, fill: Callable[..., Exception | None]
) -> None:
    refuse(upsampler, fill)
    with pytest.raises(UserError, match=r"into this computer's memory.*--slabs always"):
        run(upsampler.upsample(SLICES, 2, 1.0))


def test_another_error_of_the_processor_stays_a_bug(upsampler: Upsampler) -> None:
    refuse(upsampler, lambda _: RuntimeError("shapes do not fit"))
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        run(upsampler.upsample(SLICES, 2, 1.0))


@pytest.mark.parametrize("allocate", [too_large, lambda: np.empty(2**55)])
def test_memory_that_ran_out_is_no_bug(allocate: Callable[[], object]) -> None:
    with pytest.raises((RuntimeError, MemoryError)) as raised:
        allocate()
    told = as_user_error(raised.value)
    assert isinstance(told, UserError) and "--slabs always" in str(told)
    other = RuntimeError("shapes do not fit")
    assert as_user_error(other) is other


NO_FURTHER_THREAD = """
import resource, sys, threading
from srviewer.errors import as_user_error
resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))
threading.stack_size(2**29)
try:
    threading.Thread(target=print).start()
except RuntimeError as raised:
    sys.exit(str(as_user_error(raised)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits on address space differ elsewhere")
def test_a_thread_that_finds_no_memory_is_no_bug() -> None:
    said = ran([sys.executable, "-c", NO_FURTHER_THREAD], os.environ)
    assert said.returncode == 1 and "Traceback" not in said.stderr
    assert "--slabs always" in said.stderr and "no further thread" in said.stderr


def test_want_of_memory_that_the_system_says_is_no_bug() -> None:
    assert isinstance(as_user_error(OSError(errno.ENOMEM, "Cannot allocate memory")), UserError)
    other = OSError(errno.EIO, "Input/output error")
    assert as_user_error(other) is other
