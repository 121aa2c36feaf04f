"""The fixed categories of releases: countries in UN M49 regions, ISIC sections in sector groups, sizes and roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A category and what it divides into; a leaf is the finest class a table may show."""

    key: str
    children: tuple[Node, ...] = ()

    def leaves(self) -> Iterator[str]:
        if not self.children:
            yield self.key
        for child in self.children:
            yield from child.leaves()


def _branch(key: str, leaves: str) -> Node:
    return Node(key, tuple(Node(leaf) for leaf in leaves.split()))


#: Catches every category that no list names, so that nobody drops out of a table and shows by the difference.
OTHER = "other"

#: Members of the Bali Process by UN M49 region and sub-region, in alphabetical order of their ISO codes.
COUNTRIES = Node(
    "all",
    (
        Node(
            "asia",
            (
                _branch("south_eastern_asia", "BN ID KH LA MM MY PH SG TH TL VN"),
                _branch("southern_asia", "AF BD BT IN IR LK MV NP PK"),
                _branch("eastern_asia", "CN HK JP KP KR MN MO"),
                _branch("western_asia", "AE IQ JO SY TR"),
            ),
        ),
        Node(
            "oceania",
            (
                _branch("australia_and_new_zealand", "AU NZ"),
                _branch("melanesia", "FJ NC PG SB VU"),
                _branch("micronesia", "KI NR PW"),
                _branch("polynesia", "TO WS"),
            ),
        ),
        Node("elsewhere", (Node("US"), Node(OTHER))),
    ),
)

#: Sector groups in two halves. Fishing, water transport and employment agencies leave their sections for groups of
#: their own: they are where the questionnaires look closest.
SECTORS = Node(
    "all",
    (
        _branch("goods", "agriculture fishing mining_utilities manufacturing construction"),
        _branch(
            "services",
            f"trade_hospitality transport shipping recruitment business_services public_personal {OTHER}",
        ),
    ),
)

_DIVISIONS = {"03": "fishing", "50": "shipping", "78": "recruitment"}
_SECTIONS = {
    **dict.fromkeys("A", "agriculture"),
    **dict.fromkeys("BDE", "mining_utilities"),
    **dict.fromkeys("C", "manufacturing"),
    **dict.fromkeys("F", "construction"),
    **dict.fromkeys("GI", "trade_hospitality"),
    **dict.fromkeys("H", "transport"),
    **dict.fromkeys("JKLMN", "business_services"),
    **dict.fromkeys("OPQRSTU", "public_personal"),
}

SIZES = _branch("all", "under_50 50_and_more")
#: Options of PRO-13, in their order.
ROLES = (
    "employer_of_migrants",
    "user_of_agency_labour",
    "recruiter",
    "vessel_operator",
    "online_platform",
    "buyer_only",
)

_COUNTRY_CODES = frozenset(COUNTRIES.leaves())


def country_class(country: str) -> str:
    return country if country in _COUNTRY_CODES else OTHER


def sector_class(sector: str) -> str:
    """Return the sector group of an ISIC section, or of a section with its division ("A03")."""
    return _DIVISIONS.get(sector[1:]) or _SECTIONS.get(sector[:1], OTHER)


def size_class(size: str) -> str:
    return "under_50" if size in ("micro", "small") else "50_and_more"
