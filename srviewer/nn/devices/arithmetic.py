"""The arithmetic of processors and GPUs, by their instructions. Needs no torch.

Rates are of whole networks in this program, not of a single convolution.
"""

import platform
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from srviewer.nn.devices.cores import usable_cores
from srviewer.nn.devices.threads import wanted_threads

CPU_INFO = Path("/proc/cpuinfo")
MOST_CORES = 8  # that are counted: with more, batches are too small to be shared out
ARM = ("arm64", "aarch64")


@dataclass(frozen=True)
class Arithmetic:
    """One kind of instructions.

    Attributes:
        id: The name in the table.
        title: The name for people.
        float32: 10^9 multiply-adds a second, of a core or of the GPU.
        int8: The same in 8-bit integers; 0 where there are none that are exact.
        starting: Seconds of a command beside its networks: loading, reading, scales, writing.
        source: Where the rates are from.
    """

    id: str
    title: str
    float32: float
    int8: float
    starting: float
    source: str


ARITHMETIC = (
    Arithmetic("amx", "AVX-512 with AMX", 83.0, 380.0, 3.5, "measured: docs/performance.md"),
    Arithmetic(
        "avx512-vnni", "AVX-512 with VNNI", 90.0, 230.0, 2.0, "measured: docs/performance.md"
    ),
    Arithmetic("avx2-vnni", "AVX2 with VNNI", 42.0, 115.0, 3.0, "not measured: half as wide"),
    Arithmetic("avx512", "AVX-512", 90.0, 0.0, 2.0, "as of AVX-512 with VNNI"),
    Arithmetic("avx2", "AVX2", 42.0, 0.0, 4.0, "measured: docs/performance.md"),
    Arithmetic("neon", "NEON", 15.0, 0.0, 3.0, "not measured: 3/4 of two units at 2.5 GHz"),
    Arithmetic("other", "other", 5.0, 0.0, 4.0, "not measured: half of SSE2 at 2.5 GHz"),
)
GPUS = (
    Arithmetic("cuda", "CUDA", 4000.0, 0.0, 3.0, "a tenth of what an H200 reached"),
    Arithmetic("mps", "MPS", 400.0, 0.0, 3.0, "not measured: a third of the peak of the smallest"),
)
VNNI = frozenset(("avx512_vnni", "avx512vnni", "avx512_icl", "avx512_clx"))
MATRICES, NARROW_VNNI, WIDE, USUAL = "amx_int8", "avx_vnni", "avx512f", "avx2"


@dataclass(frozen=True)
class Processor:
    """The processor or GPU that computes a network.

    Attributes:
        arithmetic: A row of ``ARITHMETIC`` or ``GPUS``.
        cores: That are used; 1 for a GPU.
    """

    arithmetic: Arithmetic
    cores: int

    @property
    def is_gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.arithmetic in GPUS

    def rate(self, int8: bool) -> float:
        """The rate of all cores together.

        Args:
            int8: In 8-bit integers, where it has them.

        Returns:
            Multiply-adds a second.
        """
        rates = self.arithmetic
        each = rates.int8 if int8 and rates.int8 else rates.float32
        return 1e9 * each * min(self.cores, MOST_CORES)


def this_processor() -> Processor:
    """The processor of this machine, with the cores that networks use."""
    cores = wanted_threads() or usable_cores()
    return Processor(arithmetic_of(_flags(), platform.machine()), cores)


def gpu(name: str) -> Processor:
    """A GPU.

    Args:
        name: As of torch: "cuda", "cuda:1" or "mps".

    Returns:
        The GPU; with the arithmetic of the first row for a name that is none of these.
    """
    kind = name.partition(":")[0]
    return Processor(next((row for row in GPUS if row.id == kind), GPUS[0]), 1)


def arithmetic_of(flags: frozenset[str], machine: str) -> Arithmetic:
    """The arithmetic of a processor.

    Args:
        flags: The names of its instruction sets, in small letters, as Linux or NumPy spells them.
        machine: As of ``platform.machine``.

    Returns:
        The row.
    """
    if machine.lower() in ARM:
        found = "neon"
    elif MATRICES in flags:
        found = "amx"
    elif VNNI & flags:
        found = "avx512-vnni"
    elif NARROW_VNNI in flags:
        found = "avx2-vnni"
    elif WIDE in flags:
        found = "avx512"
    else:
        found = "avx2" if USUAL in flags else "other"
    return next(row for row in ARITHMETIC if row.id == found)


@cache
def _flags() -> frozenset[str]:
    """The instruction sets that Linux names, and elsewhere those that NumPy found."""
    try:
        lines = CPU_INFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # no Linux
        lines = []
    said = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(said.lower().split()) | _known_to_numpy()


def _known_to_numpy() -> frozenset[str]:
    try:  # the list has no public name, and is elsewhere in other versions of NumPy
        found = vars(import_module("numpy._core._multiarray_umath"))["__cpu_features__"]
    except (ImportError, KeyError):
        return frozenset()
    return frozenset(name.lower() for name, present in found.items() if present)
