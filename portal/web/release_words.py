"""The words for the codes of a release: categories, answers, shares."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.web.filters import country

TABLES: Mapping[str, object] = {
    "questionnaire": _l("By questionnaire"),
    "sector": _l("By sector"),
    "country": _l("By country"),
    "size": _l("By size"),
    "role": _l("By role"),
    "sector_country": _l("By sector and country"),
}
#: The heading of the first column.
DIMENSIONS: Mapping[str, object] = {
    "questionnaire": _l("Questionnaire"),
    "sector": _l("Group of sectors"),
    "country": _l("Country or region"),
    "size": _l("People who work there"),
    "role": _l("Role"),
    "sector_country": _l("Group of sectors, country or region"),
}
SECTORS: Mapping[str, object] = {
    "agriculture": _l("Agriculture and forestry"),
    "fishing": _l("Fishing and fish farming"),
    "mining_utilities": _l("Mining, energy and water"),
    "manufacturing": _l("Manufacturing"),
    "construction": _l("Construction"),
    "trade_hospitality": _l("Trade, hotels and food service"),
    "transport": _l("Transport and storage"),
    "shipping": _l("Shipping"),
    "recruitment": _l("Recruitment and employment agencies"),
    "business_services": _l("Information and business services"),
    "public_personal": _l("Public, personal and domestic services"),
    "other": _l("Other activities"),
    "goods": _l("All sectors that make goods"),
    "services": _l("All sectors that provide services"),
    "rest_of_goods": _l("Other sectors that make goods"),
    "rest_of_services": _l("Other sectors that provide services"),
    "rest_of_all": _l("Other sectors"),
}
#: Names of the United Nations' statistical regions (M49).
REGIONS: Mapping[str, object] = {
    "asia": _l("Asia"),
    "south_eastern_asia": _l("South-eastern Asia"),
    "southern_asia": _l("Southern Asia"),
    "eastern_asia": _l("Eastern Asia"),
    "western_asia": _l("Western Asia"),
    "oceania": _l("Oceania"),
    "australia_and_new_zealand": _l("Australia and New Zealand"),
    "melanesia": _l("Melanesia"),
    "micronesia": _l("Micronesia"),
    "polynesia": _l("Polynesia"),
    "elsewhere": _l("Elsewhere"),
    "other": _l("Countries outside the Bali Process"),
    "rest_of_all": _l("Other countries"),
}
SIZES: Mapping[str, object] = {"under_50": _l("Under 50"), "50_and_more": _l("50 and more")}
ROLES: Mapping[str, object] = {
    "employer_of_migrants": _l("Employers of migrant workers"),
    "user_of_agency_labour": _l("Companies where agency workers work"),
    "recruiter": _l("Labour recruiters and employment agencies"),
    "vessel_operator": _l("Owners and operators of vessels"),
    "online_platform": _l("Online platforms"),
    "buyer_only": _l("Buyers of goods only"),
}
BANDS: Mapping[str, object] = {
    "Not started": _l("Not started"),
    "Beginning": _l("Beginning"),
    "Developing": _l("Developing"),
    "Established": _l("Established"),
    "Advanced": _l("Advanced"),
}
STAGES: Mapping[str, object] = {
    "commit": _l("Commit"),
    "identify": _l("Identify"),
    "act": _l("Act"),
    "track": _l("Track"),
    "communicate": _l("Communicate"),
    "remedy": _l("Remedy"),
}
#: In the order in which they are shown: what nobody has looked at comes first.
STATES: Mapping[str, object] = {
    "unknown": _l("Not looked properly, or not known"),
    "none": _l("Not found, or put right, with proof"),
    "remediating": _l("Found, remedy on a dated plan"),
    "open": _l("Found, no remedy yet"),
}


def category(table: str, key: str) -> str:
    """Return the name of a row; the key itself where a later version of the portal had more categories."""
    match table:
        case "country":
            return _region(key)
        case "sector_country":
            sector, _slash, where = key.partition("/")
            return _("%(sector)s: %(where)s", sector=category("sector", sector), where=_region(where))
        case _:
            return str({"sector": SECTORS, "size": SIZES, "role": ROLES}.get(table, {}).get(key, key))


def share_words(code: str) -> str:
    """Return a share as people read it: "50 %", "10 % or less", with a blank that does not break."""
    percent = code.lstrip("<>=")
    if code.startswith("<="):
        return _("%(share)s\u00a0%% or less", share=percent)
    if code.startswith(">="):
        return _("%(share)s\u00a0%% or more", share=percent)
    return _("%(share)s\u00a0%%", share=percent) if code.isdigit() else code


def _region(key: str) -> str:
    if key in REGIONS:
        return str(REGIONS[key])
    if key.startswith("rest_of_"):
        return _("Other countries of %(region)s", region=_region(key.removeprefix("rest_of_")))
    return country(key)
