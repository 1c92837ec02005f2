"""The loop of the fuzzer: damage, open, judge."""

import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from srviewer.errors import UserError
from tests.fuzz.seeds import Target

SLOW_SECONDS = 5.0  # of processor time; the program's own limit is 2


@dataclass
class Tally:
    """What became of the inputs of one target; ``findings``: (the input's seed, what is wrong)."""

    opened: int = 0
    refused: int = 0
    findings: list[tuple[int, str]] = field(default_factory=list)
    messages: Counter[str] = field(default_factory=Counter)

    @property
    def inputs(self) -> int:
        """How many there were."""
        return self.opened + self.refused + len(self.findings)


def fuzz(target: Target, seconds: float, seed: int, folder: Path) -> Tally:
    """Open damaged files of ``target`` for so long; ``seed`` numbers the first of them."""
    for name, content in target.beside.items():
        (folder / name).write_bytes(content)
    tally = Tally()
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        attempt(target, seed, folder, tally)
        seed += 1
    return tally


def attempt(target: Target, seed: int, folder: Path, tally: Tally) -> None:
    """One damaged file, the same each time for one ``seed``."""
    random = Random(seed)
    name = random.choice(sorted(target.seeds))
    path = folder / name
    path.write_bytes(target.damage(target.seeds[name], random))
    started = time.process_time()
    try:
        target.open(path)
        tally.opened += 1
    except UserError as error:
        tally.refused += 1
        tally.messages[_kind(str(error), path)] += 1
        if "Secret" in str(error):
            tally.findings.append((seed, f"the message names the patient: {error}"))
    except Exception:
        tally.findings.append((seed, traceback.format_exc()))
    finally:
        path.unlink()
    if time.process_time() - started > SLOW_SECONDS:
        tally.findings.append((seed, f"took {time.process_time() - started:.1f} s"))


def _kind(message: str, path: Path) -> str:
    unnamed = message.replace(str(path), "FILE").replace(path.name, "FILE")
    return "".join("0" if c.isdigit() else c for c in unnamed)[:90]
