"""The processes of a data-parallel run, from the environment of torchrun. Needs no torch."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process of a training run; the first leads: it alone writes files and reports.

    Attributes:
        number: Of this process over all machines, from 0.
        of: The number of processes over all machines.
        local: Of this process on its machine, from 0.
    """

    number: int = 0
    of: int = 1
    local: int = 0

    @property
    def leads(self) -> bool:
        """Whether this process writes files and reports."""
        return self.number == 0

    def patches(self, batch: int) -> range:
        """The share of a batch that this process draws.

        Args:
            batch: Patches of a training batch, over all processes.

        Returns:
            The numbers of its patches.
        """
        return range(self.number, batch, self.of)


ALONE = Process()


def this_process() -> Process:
    """This process, from the environment that torchrun sets; alone without one."""
    number, of, local = (
        int(os.environ.get(name, default))
        for name, default in (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"))
    )
    return Process(number, of, local)
