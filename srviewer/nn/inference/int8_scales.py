"""A network in 8-bit integers, its scales taken from slices of the scan, and the guard."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from srviewer.core.percentage import percentage
from srviewer.job import Job, Progress
from srviewer.nn.inference.side_by_side import side_by_side
from srviewer.nn.networks.int8_residual import Block, Int8Residual, Measured
from srviewer.nn.networks.residual import ResidualNetwork

PERCENTILE = 99.9
# Of the intensity range, at that percentile. Both planes are averaged later, which leaves about two
# thirds of a difference: less than 1 % in 99.9 % of the foreground.
MOST_APART = 0.014
FINE_ABOVE = 0.011  # the same, above which every block takes its input in two integers
COMPARED = 3  # one of so many windows is compared
FOREGROUND = 0.02  # of the intensity range: what is darker is air


def int8_network(
    network: ResidualNetwork, windows: Sequence[Tensor], factor: int
) -> Job[tuple[Int8Residual | None, str]]:
    """Build the network in 8-bit integers, and compare it with float32 on some of its slices.

    Args:
        network: The network, on the processor.
        windows: (B, 2k + 1, H, W) each, of any size, in shares of the intensity range.
        factor: One of the factors of the network.

    Returns:
        A job with (the network, ""), or with (None, the reason) where it differs too much.
    """
    if not windows:
        return None, "no slice to take its scales from holds more than air"
    measured, wanted = Measured(network), [torch.empty(0)] * len(windows)

    def measure(number: int) -> None:
        with torch.inference_mode():
            wanted[number] = measured.run(windows[number], factor)

    with side_by_side(torch.get_num_threads()) as each:
        for number in each(measure, range(len(windows))):
            yield Progress(number / len(windows), "Measuring the network's values")
    if not all(bool(torch.isfinite(values).all()) for values in wanted):
        return None, "its values in float32 are not finite"
    for fine in (False, True):
        quick = yield from _made(measured, fine)
        far = yield from _difference(quick, windows[::COMPARED], wanted[::COMPARED], factor)
        if far <= FINE_ABOVE:
            break
    if not far <= MOST_APART:  # it may be no number
        apart = percentage(far, 1)
        return None, f"8-bit integers differ by {apart} of the range on slices of this scan"
    return quick, ""


def _made(measured: Measured, fine: bool) -> Job[Int8Residual]:
    blocks: list[Block] = []
    for number in range(len(measured.ranges)):
        yield Progress(1.0, "Making 8-bit integers of the weights")
        with torch.inference_mode():
            blocks.append(measured.block(number, fine))
    with torch.inference_mode():
        return Int8Residual(measured, blocks, fine)


def _difference(
    quick: Int8Residual, windows: Sequence[Tensor], wanted: Sequence[Tensor], factor: int
) -> Job[float]:
    """The difference from float32 on the windows, at ``PERCENTILE``, as a share of the range."""
    differences = [np.empty(0, np.float32)] * len(windows)

    def compare(number: int) -> None:
        exact = wanted[number]
        with torch.inference_mode():
            difference = (quick(windows[number], factor) - exact).abs_()
            differences[number] = difference[exact.abs() > FOREGROUND].numpy()

    with side_by_side(torch.get_num_threads()) as each:
        for _ in each(compare, range(len(windows))):
            yield Progress(1.0, "Comparing 8-bit integers with float32")
    if not any(map(len, differences)):
        return 0.0
    return float(np.percentile(np.concatenate(differences), PERCENTILE))
