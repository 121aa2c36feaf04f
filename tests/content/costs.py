"""Answers to the cost tables of employers and of agencies."""

from __future__ import annotations

FEES = ("f1", "f2", "f3", "f4")
COSTS = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "x")


def corridor(payer="employer", proof="yes", origin="NP", destination="MY", **others):
    """One row for each of the twelve items; `others` has the payer of single items, None leaves the item out."""
    payers = dict.fromkeys(FEES + COSTS, payer) | others
    return [
        {"origin": origin, "destination": destination, "item": item, "payer": paid_by, "proof": proof}
        for item, paid_by in payers.items()
        if paid_by is not None
    ]
