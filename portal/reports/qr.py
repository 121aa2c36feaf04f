"""A QR code as the data of one SVG path: no image, no library in the templates."""

from __future__ import annotations

import segno


def qr_path(address: str) -> tuple[str, int]:
    """Return path data in units of one module, and the length of a side. The quiet zone is the page's margin."""
    rows = tuple(tuple(row) for row in segno.make_qr(address, error="m").matrix)
    runs = (f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for start, length in _dark_runs(row))
    return "".join(runs), len(rows)


def _dark_runs(row: tuple[int, ...]) -> list[tuple[int, int]]:
    """Neighbouring dark modules become one rectangle, which keeps hairlines out of the print."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
