"""`python -m portal.jobs`: run the job worker until SIGTERM or SIGINT."""

from __future__ import annotations

import sys

from portal.catalogue import InvalidCatalogue
from portal.jobs.queue import run
from portal.settings import UnsafeSettings, read_settings


def main() -> int:
    try:
        run(read_settings())
    except (UnsafeSettings, InvalidCatalogue) as error:
        sys.stderr.write(f"The job worker did not start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
