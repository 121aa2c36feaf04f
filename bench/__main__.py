"""`./run bench [NAME…] [--quick]`: run the benchmarks and say which are over their limit."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
#: Enough rounds for a median to mean something; a quick run only shows that the benchmarks still work.
ROUNDS, QUICK = 9, 2


def main() -> int:
    """Return 1 if a ratio is over its limit. A quick run measures too little to fail anybody."""
    names = sorted(
        path.stem for path in HERE.glob("[a-z]*.py") if "def main(rounds" in path.read_text(encoding="utf-8")
    )
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure against the floors.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)} (all)")
    parser.add_argument("--quick", action="store_true", help="a short round that never fails")
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - set(names):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    over = [name for name in wanted.names or names if _run(name, QUICK if wanted.quick else ROUNDS)]
    if over:
        print(f"over the limit: {', '.join(over)}")
    return int(bool(over) and not wanted.quick)


def _run(name: str, rounds: int) -> bool:
    status: int = import_module(f"bench.{name}").main(rounds)
    sys.stdout.flush()
    return status != 0


if __name__ == "__main__":
    sys.exit(main())
