"""The number of pixels that are sampled while planes move, on machines of any speed."""

from itertools import cycle

import pytest

from srviewer.core.slices.pace import BUDGET_S, EXACT, FEWEST, FIRST_PIXELS, GROWTH, MOST, Pace

NOISE = (1.0, 1.15, 0.9, 1.05, 0.85, 1.1, 0.95)


class Machine:
    """Samples all planes of a scan at the pace; its own clock goes on meanwhile."""

    def __init__(self, seconds_per_pixel: float, planes: int = 3) -> None:
        self.seconds_per_pixel, self.planes = seconds_per_pixel, planes
        self.now = 0.0
        self.pace = Pace(lambda: self.now)
        self.noise = cycle(NOISE)

    def frames(self, count: int, slower: float = 1.0) -> list[float]:
        """The numbers of pixels of frames, one after the other."""
        shown = []
        for _ in range(count):
            with self.pace.frame():
                for _ in range(self.planes):
                    with self.pace.sampling(fast=True) as pixels:
                        pixels.append(round(self.pace.pixels / 3))
                        noise = next(self.noise) * slower
                        self.now += pixels[0] * self.seconds_per_pixel * noise
            shown.append(self.pace.pixels)
        return shown


@pytest.mark.parametrize("nanoseconds", (1.0, 5.0, 20.0, 36.0, 57.0, 100.0))
def test_all_planes_are_sampled_in_the_budget_and_the_size_settles(nanoseconds: float) -> None:
    machine = Machine(nanoseconds * 1e-9)
    assert machine.frames(1) == [FIRST_PIXELS]
    settled = machine.frames(60)[20:]
    assert len(set(settled)) == 1  # whatever the noise
    seconds = settled[0] * machine.seconds_per_pixel
    assert BUDGET_S / (1.25 * 1.25 * GROWTH) < seconds < 1.25 * BUDGET_S


def test_a_single_slow_frame_changes_nothing_and_lasting_load_does() -> None:
    machine = Machine(30e-9)
    before = machine.frames(12)[-1]
    assert {*machine.frames(1, slower=20), *machine.frames(12)} == {before}
    assert machine.frames(4, slower=3)[-1] < before / 2
    assert before >= machine.frames(30)[-1] >= before / GROWTH  # one size is left to go


def test_pixels_stay_readable_on_any_machine_and_end_somewhere() -> None:
    assert Machine(1e-3).frames(10)[-1] == FIRST_PIXELS * GROWTH**FEWEST > 30_000
    assert Machine(1e-15).frames(300)[-1] == FIRST_PIXELS * GROWTH**MOST


def test_one_plane_alone_is_no_finer_than_three_and_four_volumes_share_the_time() -> None:
    of_three = Machine(30e-9).frames(40)[-1]
    assert Machine(30e-9, planes=1).frames(40)[-1] == of_three
    assert Machine(30e-9, planes=12).frames(40)[-1] < of_three / 3


def test_planes_interpolated_along_three_axes_count_as_what_they_cost() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    for _ in range(40):
        with pace.frame(), pace.sampling(fast=False) as pixels:
            pixels.append(20_000)
            now[0] += 20_000 * EXACT * 10e-9
    assert BUDGET_S / (1.25 * 1.25 * GROWTH) < pace.pixels * 10e-9 < 1.25 * BUDGET_S
