"""The table of generators. Cheap to import: torch loads when one is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srviewer.nn.networks import multiply_adds
from srviewer.nn.networks.shape import NetworkShape, Size
from srviewer.table import find_row

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True)
class NetworkSpec:
    """A generator that can be built, trained, saved and loaded.

    Attributes:
        id: The id in NETWORKS, as plans and model files store it.
        title: The name for people.
        published: The size in the paper that introduced it.
        counts: The meaning of ``blocks`` and ``inner`` for this network.
        build: ``build(shape)`` gives a torch module; its ``forward(slices, factor)`` takes and
            returns tensors as NetworkShape says, intensities as shares of their range.
        multiply_adds: ``multiply_adds(shape, factor)`` for each pixel of a thick slice.
        int8: Whether it can compute in 8-bit integers, by ``int8_residual``.
    """

    id: str
    title: str
    published: Size
    counts: str
    build: Callable[[NetworkShape], Module]
    multiply_adds: Callable[[NetworkShape, int], float]
    int8: bool = False


# Imported when a network is built, since each of these modules loads torch.
def _srcnn(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.srcnn import srcnn

    return srcnn(shape)


def _fsrcnn(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.fsrcnn import fsrcnn

    return fsrcnn(shape)


def _vdsr(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.vdsr import vdsr

    return vdsr(shape)


def _srresnet(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.srresnet import srresnet

    return srresnet(shape)


def _rrdb(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.rrdb import rrdb

    return rrdb(shape)


def _rfa(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.rfa import rfa

    return rfa(shape)


def _residual(shape: NetworkShape) -> Module:
    from srviewer.nn.networks.residual import ResidualNetwork

    return ResidualNetwork(shape)


NETWORKS = (
    NetworkSpec(
        "residual",
        "Residual CNN, exact consistency",
        Size(32, 9),
        "residual blocks of two convolutions",
        _residual,
        multiply_adds.residual,
        int8=True,
    ),
    NetworkSpec(
        "srcnn",
        "SRCNN 9-5-5 (Dong 2014)",
        Size(64, 1, 32),
        "three layers whatever blocks says; inner: channels of the second",
        _srcnn,
        multiply_adds.srcnn,
    ),
    NetworkSpec(
        "fsrcnn",
        "FSRCNN (Dong 2016)",
        Size(56, 4, 12),
        "mapping layers m; width is d, inner is s",
        _fsrcnn,
        multiply_adds.fsrcnn,
    ),
    NetworkSpec(
        "vdsr",
        "VDSR (Kim 2016)",
        Size(64, 20),
        "layers, first and last included",
        _vdsr,
        multiply_adds.vdsr,
    ),
    NetworkSpec(
        "srresnet",
        "SRResNet (Ledig 2017)",
        Size(64, 16),
        "residual blocks with batch normalisation",
        _srresnet,
        multiply_adds.srresnet,
    ),
    NetworkSpec(
        "rrdb",
        "RRDB of ESRGAN (Wang 2018)",
        Size(64, 23, 32),
        "residual-in-residual dense blocks; inner: growth",
        _rrdb,
        multiply_adds.rrdb,
    ),
    NetworkSpec(
        "rfa",
        "Residual feature aggregation, spatial attention (Liu 2020)",
        Size(64, 30, 16),
        "aggregations of four residual blocks; inner: channels of the attention",
        _rfa,
        multiply_adds.rfa,
    ),
)


def network_spec(network_id: str) -> NetworkSpec:
    """Look up a row of NETWORKS.

    Args:
        network_id: The id of the row.

    Returns:
        The row.

    Raises:
        UserError: There is no such row.
    """
    return find_row(NETWORKS, network_id, "network")
