"""Names and numbers that a hurried reader takes for one another: the same key means "look twice", not "the same"."""

from __future__ import annotations

import unicodedata

#: Letters and digits of other scripts, and pairs, that look like these in common typefaces.
_LIKE = {
    "a": "аαɑ", "b": "ьβƅ", "c": "сϲ", "d": "ԁ", "e": "еεҽ", "g": "ɡ", "h": "һн", "i": "іιıɩ", "j": "јϳ", "k": "кκ",
    "l": "1|ӏǀ", "m": "м", "n": "ոη", "o": "0оοօσ", "p": "рρ", "q": "ԛ", "r": "гᴦ", "s": "5ѕꜱ", "t": "тτ", "u": "υսц",
    "v": "νѵ", "w": "ѡω", "x": "хχ", "y": "уγү", "z": "2ᴢ",
}  # fmt: skip
_SINGLE = {ord(like): letter for letter, likes in _LIKE.items() for like in likes}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
#: Accents over letters; the signs above and below Thai, Khmer or Arabic letters are letters themselves.
_ACCENTS = dict.fromkeys(range(0x300, 0x370))


def name_key(name: str) -> str:
    """The name as it looks from afar: no case, accents, blanks or marks, and one letter for all that look alike."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_ACCENTS)
    key = "".join(sign for sign in plain.translate(_SINGLE) if unicodedata.category(sign)[0] in "LMN")
    for pair, letter in _PAIRS:
        key = key.replace(pair, letter)
    # A capital I and a small l are one stroke.
    return key.replace("i", "l")


def number_key(number: str) -> str:
    """The number without case, blanks and marks between its groups; digits of any script as 0 to 9."""
    plain = unicodedata.normalize("NFKC", number).casefold()
    digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
    return "".join(sign for sign in digits if sign.isalnum())
