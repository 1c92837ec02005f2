"""The number of pixels that are computed while planes move, on machines of any speed."""

from itertools import cycle

import pytest

from srviewer.core.slices.pace import EXACT, FIRST_PIXELS, OBLIQUE, SLAB, Pace, Sizes

NOISE = (1.0, 1.15, 0.9, 1.05, 0.85, 1.1, 0.95)
EVERY = 590_000.0  # pixels of the three planes of a scan


class Machine:
    """Computes all planes of a scan at the pace; its own clock goes on meanwhile."""

    def __init__(self, seconds_per_pixel: float, planes: int = 3, sizes: Sizes = OBLIQUE) -> None:
        self.seconds_per_pixel, self.planes = seconds_per_pixel, planes
        self.now = 0.0
        self.pace = Pace(sizes, lambda: self.now)
        self.noise = cycle(NOISE)

    def frames(self, count: int, slower: float = 1.0) -> list[float]:
        """The numbers of pixels of frames, one after the other."""
        shown = []
        for _ in range(count):
            with self.pace.frame(EVERY):
                for _ in range(self.planes):
                    with self.pace.computing() as pixels:
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
    seconds, budget = settled[0] * machine.seconds_per_pixel, OBLIQUE.budget_s
    assert budget / (1.25 * 1.25 * OBLIQUE.growth) < seconds < 1.25 * budget


@pytest.mark.parametrize(
    ("milliseconds", "share"), ((0.1, 1), (1.7, 1), (3.0, 0.5), (4.4, 0.5), (7.0, 0.25), (90, 0.25))
)
def test_slabs_begin_with_all_pixels_and_only_slow_machines_leave_rows_out(
    milliseconds: float, share: float
) -> None:
    machine = Machine(milliseconds / 1e3 / EVERY, sizes=SLAB)
    assert machine.pace.pixels > 1e100  # nothing is known of the scan
    assert set(machine.frames(3)) == {EVERY}
    assert set(machine.frames(60)[9:]) == {share * EVERY}


def test_rows_that_a_busy_machine_left_out_come_back() -> None:
    machine = Machine(1.2e-3 / EVERY, sizes=SLAB)
    assert machine.frames(8, slower=4)[-1] < EVERY == machine.frames(20)[-1]


def test_a_single_slow_frame_changes_nothing_and_lasting_load_does() -> None:
    machine = Machine(30e-9)
    before = machine.frames(12)[-1]
    assert {*machine.frames(1, slower=20), *machine.frames(12)} == {before}
    assert machine.frames(4, slower=3)[-1] < before / 2
    assert before >= machine.frames(30)[-1] >= before / OBLIQUE.growth  # one size is left to go


def test_pixels_stay_readable_on_any_machine_and_end_somewhere() -> None:
    least = FIRST_PIXELS * OBLIQUE.growth**OBLIQUE.fewest
    assert Machine(1e-3).frames(10)[-1] == least > 30_000
    assert Machine(1e-15).frames(300)[-1] == FIRST_PIXELS * OBLIQUE.growth**OBLIQUE.most


@pytest.mark.parametrize("sizes", (OBLIQUE, SLAB))
def test_one_plane_alone_is_no_finer_than_three_and_four_volumes_share_the_time(
    sizes: Sizes,
) -> None:
    per_pixel = 7e-9 if sizes is SLAB else 30e-9
    of_three = Machine(per_pixel, sizes=sizes).frames(40)[-1]
    assert Machine(per_pixel, planes=1, sizes=sizes).frames(40)[-1] == of_three
    assert Machine(per_pixel, planes=12, sizes=sizes).frames(40)[-1] <= of_three / 2


def test_planes_interpolated_along_three_axes_count_as_what_they_cost() -> None:
    now, budget = [0.0], OBLIQUE.budget_s
    pace = Pace(OBLIQUE, lambda: now[0])
    for _ in range(40):
        with pace.frame(EVERY), pace.computing() as pixels:
            pixels.append(20_000 * EXACT)
            now[0] += 20_000 * EXACT * 10e-9
    assert budget / (1.25 * 1.25 * OBLIQUE.growth) < pace.pixels * 10e-9 < 1.25 * budget
