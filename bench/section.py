"""A section page, against the same page from raw SQL on the same cached fragments."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from bench import site, timing

#: Ours may take at most so many times the floor, and so many statements whatever the number of questions.
LIMIT, STATEMENTS = 1.5, 8
ROUNDS = 9


def main(rounds: int = ROUNDS) -> int:
    """Print ratio and limit; return 1 when over the limit."""
    with site.opened() as place:
        page = place.section("DO")
        assert told(place.ours, page) == told(place.floor, page), "the two pages differ"
        place.statements.clear()
        place.ours.get(page)
        statements = len(place.statements)
        found = timing.compare(lambda: place.ours.get(page), lambda: place.floor.get(page), rounds=rounds, repeat=60)
    print(
        f"section: {found.subject * 1000:.2f} ms, raw SQL {found.floor * 1000:.2f} ms, ratio {found.ratio:.2f} "
        f"(limit {LIMIT}); {statements} statements (limit {STATEMENTS})"
    )
    return int(found.ratio > LIMIT or statements > STATEMENTS)


def told(client: FlaskClient, page: str) -> str:
    """Return the page without its form tokens and the seconds left: both depend on the second of the request."""
    return re.sub(r'(name="csrf_token" value|data-token|data-left)="[^"]*"', "", client.get(page).text)


if __name__ == "__main__":
    raise SystemExit(main())
