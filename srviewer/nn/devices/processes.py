"""Which of a run's processes this one is, as torchrun tells it. Needs no torch."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """``number`` of ``of`` processes over all machines; ``local``: its number on this machine.

    The first one leads: it alone writes files and reports.
    """

    number: int = 0
    of: int = 1
    local: int = 0

    @property
    def leads(self) -> bool:
        """Whether this one writes and reports."""
        return self.number == 0

    def patches(self, batch: int) -> range:
        """The numbers of those patches of a batch that are this process's."""
        return range(self.number, batch, self.of)


ALONE = Process()


def this_process() -> Process:
    """From the environment that torchrun sets; alone without one."""
    number, of, local = (
        int(os.environ.get(name, default))
        for name, default in (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"))
    )
    return Process(number, of, local)
