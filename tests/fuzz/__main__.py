"""The fuzzer by hand: ``python -m tests.fuzz --minutes 10``."""

import argparse
import resource
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.engine import Tally, fuzz
from tests.fuzz.targets import targets

# A header that makes its reader take more than this is a finding.
MOST_MEMORY = 8 << 30


def main() -> int:
    """Fuzz every target in turn; prints a table and the findings; 1 when there are any."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1_000_000)
    parser.add_argument("--only", help="the id of one target")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    warnings.simplefilter("ignore")
    chosen = [one for one in targets() if args.only in (None, one.id)]
    seconds = args.minutes * 60 / len(chosen)
    tallies: dict[str, Tally] = {}
    for target in chosen:
        with TemporaryDirectory(prefix="srviewer-fuzz-") as folder:
            tallies[target.id] = tally = fuzz(target, seconds, args.seed, Path(folder))
        print(
            f"{target.id:21} {tally.inputs:8,} inputs  {tally.opened:7,} opened  "
            f"{tally.refused:8,} refused in {len(tally.messages):3} ways  "
            f"{len(tally.findings):4} findings",
            flush=True,
        )
        for seed, what in _distinct(tally):
            print(f"--- {target.id}, seed {seed}\n{what}", flush=True)
    return int(any(tally.findings for tally in tallies.values()))


def _distinct(tally: Tally) -> list[tuple[int, str]]:
    """One finding of each last line but one: where it arose."""
    first = {"\n".join(what.splitlines()[-3:-1]): (seed, what) for seed, what in tally.findings}
    return list(first.values())[:20]


if __name__ == "__main__":
    sys.exit(main())
