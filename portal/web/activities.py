"""The sections and divisions of ISIC Rev.4 in words, for choosing and for showing."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.domain import isic

SECTIONS: dict[str, LazyString] = {
    "A": _l("Agriculture, forestry and fishing"),
    "B": _l("Mining and quarrying"),
    "C": _l("Manufacturing"),
    "D": _l("Electricity, gas and steam"),
    "E": _l("Water, sewerage and waste"),
    "F": _l("Construction"),
    "G": _l("Trade and vehicle repair"),
    "H": _l("Transport and storage"),
    "I": _l("Accommodation and food service"),
    "J": _l("Information and communication"),
    "K": _l("Finance and insurance"),
    "L": _l("Real estate"),
    "M": _l("Professional and technical services"),
    "N": _l("Administrative services, employment agencies"),
    "O": _l("Public administration"),
    "P": _l("Education"),
    "Q": _l("Health and social work"),
    "R": _l("Arts and recreation"),
    "S": _l("Other services"),
    "T": _l("Households as employers"),
    "U": _l("International bodies"),
}

DIVISIONS: dict[str, LazyString] = {
    "01": _l("Crops and animals"),
    "02": _l("Forestry and logging"),
    "03": _l("Fishing and aquaculture"),
    "05": _l("Coal mining"),
    "06": _l("Oil and gas extraction"),
    "07": _l("Metal ore mining"),
    "08": _l("Other mining and quarrying"),
    "09": _l("Mining support"),
    "10": _l("Food products"),
    "11": _l("Beverages"),
    "12": _l("Tobacco products"),
    "13": _l("Textiles"),
    "14": _l("Clothing"),
    "15": _l("Leather and shoes"),
    "16": _l("Wood and cork products"),
    "17": _l("Paper"),
    "18": _l("Printing"),
    "19": _l("Coke and refined petroleum"),
    "20": _l("Chemicals"),
    "21": _l("Medicines"),
    "22": _l("Rubber and plastics"),
    "23": _l("Glass, cement and other minerals"),
    "24": _l("Basic metals"),
    "25": _l("Metal products"),
    "26": _l("Computers and electronics"),
    "27": _l("Electrical equipment"),
    "28": _l("Machinery"),
    "29": _l("Motor vehicles"),
    "30": _l("Other transport equipment, ships"),
    "31": _l("Furniture"),
    "32": _l("Other manufacturing"),
    "33": _l("Repair and installation of machinery"),
    "35": _l("Electricity, gas and steam supply"),
    "36": _l("Water supply"),
    "37": _l("Sewerage"),
    "38": _l("Waste"),
    "39": _l("Clean-up of pollution"),
    "41": _l("Buildings"),
    "42": _l("Roads, pipes and other civil engineering"),
    "43": _l("Specialised construction"),
    "45": _l("Sale and repair of motor vehicles"),
    "46": _l("Wholesale"),
    "47": _l("Retail"),
    "49": _l("Land transport and pipelines"),
    "50": _l("Water transport"),
    "51": _l("Air transport"),
    "52": _l("Storage and transport support"),
    "53": _l("Post and couriers"),
    "55": _l("Hotels and other accommodation"),
    "56": _l("Restaurants and catering"),
    "58": _l("Publishing"),
    "59": _l("Film, television and music"),
    "60": _l("Broadcasting"),
    "61": _l("Telecommunications"),
    "62": _l("Programming and consultancy"),
    "63": _l("Information services, online platforms"),
    "64": _l("Financial services"),
    "65": _l("Insurance and pensions"),
    "66": _l("Support of finance"),
    "68": _l("Real estate"),
    "69": _l("Legal and accounting services"),
    "70": _l("Head offices and management advice"),
    "71": _l("Architecture and engineering"),
    "72": _l("Research and development"),
    "73": _l("Advertising and market research"),
    "74": _l("Other professional services"),
    "75": _l("Veterinary services"),
    "77": _l("Rental and leasing"),
    "78": _l("Employment agencies and recruiters"),
    "79": _l("Travel agencies"),
    "80": _l("Security and investigation"),
    "81": _l("Cleaning, buildings and landscape"),
    "82": _l("Office support"),
    "84": _l("Public administration and defence"),
    "85": _l("Education"),
    "86": _l("Health"),
    "87": _l("Residential care"),
    "88": _l("Social work"),
    "90": _l("Arts and entertainment"),
    "91": _l("Libraries and museums"),
    "92": _l("Gambling"),
    "93": _l("Sports and recreation"),
    "94": _l("Membership organisations, unions"),
    "95": _l("Repair of computers and goods"),
    "96": _l("Other personal services"),
    "97": _l("Households that employ domestic workers"),
    "98": _l("Household production for own use"),
    "99": _l("International organisations"),
}


def choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Sections with their divisions, each as code and words, in the order of the classification."""
    by_letter: dict[str, list[tuple[str, str]]] = {letter: [] for letter in SECTIONS}
    for division, letter in isic.DIVISIONS.items():
        by_letter[letter].append((letter + division, str(DIVISIONS[division])))
    return [(letter, str(words), by_letter[letter]) for letter, words in SECTIONS.items()]


def words_of(code: str) -> str:
    """Words for "C", "13" or "C13"; the code itself if it is none."""
    found = isic.codes(code)
    if not found:
        return code
    return str(DIVISIONS[found[1]] if len(found) > 1 else SECTIONS[found[0]])
