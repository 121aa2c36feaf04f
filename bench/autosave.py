"""Saving one answer, against the same view with raw sqlite3."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from flask.testing import FlaskClient

from bench import site, timing
from tests import builders

#: Ours may take at most so many times the floor, and so many statements.
LIMIT, STATEMENTS = 2.2, 6
ROUNDS = 9
QUESTION = "HRS-COM-01"


def main(rounds: int = ROUNDS) -> int:
    """Print ratio and limit; return 1 when over the limit."""
    with site.opened() as place:
        token = builders.token_in(place.ours.get(place.section("COM")).text)
        versions = count(1)
        ours, floor = (_saver(client, place.answers, token, versions) for client in (place.ours, place.floor))
        place.statements.clear()
        ours()
        statements = len(place.statements)
        found = timing.compare(ours, floor, rounds=rounds, repeat=60)
    print(
        f"autosave: {found.subject * 1000:.2f} ms, raw sqlite3 {found.floor * 1000:.2f} ms, ratio {found.ratio:.2f} "
        f"(limit {LIMIT}); {statements} statements (limit {STATEMENTS})"
    )
    return int(found.ratio > LIMIT or statements > STATEMENTS)


def _saver(client: FlaskClient, address: str, token: str, versions: count[int]) -> Callable[[], object]:
    """Return what saves the next level on top of whatever stands there; both savers share the versions."""

    def save() -> None:
        version = next(versions)
        form = {
            "csrf_token": token,
            "question": QUESTION,
            f"{QUESTION}-value": str(version % 5),
            f"{QUESTION}-version": str(version),
            f"{QUESTION}-comment": "Signed by the director in May.",
        }
        response = client.post(address, data=form)
        assert response.status_code == 200, response.text

    return save


if __name__ == "__main__":
    raise SystemExit(main())
