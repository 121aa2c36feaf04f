"""What all questionnaires cost at start: a process that loads them against one that only imports what loads them."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Processor seconds that loading may add to a start.
LIMIT = 0.3
ROUNDS = 9
BARE = "from pathlib import Path\nfrom portal.catalogue import load_catalogue"
LOADING = BARE + "\nload_catalogue(Path('questionnaires'))"


def main(rounds: int = ROUNDS) -> int:
    """Print milliseconds and limit; return 1 when over the limit."""
    pairs = [(seconds(LOADING), seconds(BARE)) for _ in range(rounds)]
    added = statistics.median(loading - bare for loading, bare in pairs)
    ratio = statistics.median(loading / bare for loading, bare in pairs)
    print(
        f"catalogue: all versions add {added * 1000:.0f} ms to a start (limit {LIMIT * 1000:.0f} ms), ratio {ratio:.1f}"
    )
    return int(added > LIMIT)


def seconds(program: str) -> float:
    """Return the processor seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
