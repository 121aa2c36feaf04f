"""Forms of the government pages: what the queue is narrowed to, and the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired

from portal.domain.scorecard import BANDS
from portal.models import ReviewState
from portal.services.reviews import LONGEST_REASON, SHORTEST_REASON, QueueFilter
from portal.web import activities
from portal.web.typed import Mistyped, clean

LONGEST_SEARCH = 200
#: Pages beyond this are a typing mistake: nobody has that many submissions.
LAST_PAGE = 1_000_000

STATES = (
    ("", _l("Any")),
    (str(ReviewState.WAITING), _l("Waiting for a decision")),
    (str(ReviewState.ACCEPTED), _l("Accepted")),
    (str(ReviewState.RETURNED), _l("Returned for correction")),
)
HARMS = (
    ("", _l("Any")),
    ("open", _l("Open")),
    ("remediating", _l("Remediating")),
    ("unknown", _l("Unknown")),
    ("none", _l("None known")),
)
BAND_WORDS = {
    "Not started": _l("Not started"),
    "Beginning": _l("Beginning"),
    "Developing": _l("Developing"),
    "Established": _l("Established"),
    "Advanced": _l("Advanced"),
}


def _offered(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


class QueueForm(FlaskForm):
    """A form of links: everything stands in the address, so that a filtered queue can be kept and sent."""

    class Meta:
        csrf = False

    text = StringField(_l("Company or reference"))
    state = SelectField(_l("Decision"), choices=_offered(STATES))
    red_flag = SelectField(_l("Known harm"), choices=_offered(HARMS))
    band = SelectField(_l("Band"), choices=_offered([("", _l("Any")), *((name, BAND_WORDS[name]) for name in BANDS)]))
    sector = SelectField(_l("Sector"))

    def offer_sectors(self, letters: Iterable[str]) -> None:
        self.sector.choices = _offered(
            [("", _l("Any")), *((letter, activities.words_of(letter)) for letter in letters)]
        )


class DecisionForm(FlaskForm):
    decision = RadioField(
        _l("What do you decide?"),
        [InputRequired(_l("Choose whether you accept or return the submission"))],
        choices=_offered(
            [
                (str(ReviewState.ACCEPTED), _l("Accept the submission")),
                (str(ReviewState.RETURNED), _l("Return it for correction")),
            ]
        ),
    )
    reason = TextAreaField(_l("Reason"), description=_l("The company reads it. At least ten characters."))
    #: Of the review the page was made from: a decision on a page that is out of date is refused.
    version = HiddenField()

    def validate_reason(self, field: Field) -> None:
        try:
            field.data = clean(field.data or "", longest=LONGEST_REASON)
        except Mistyped as error:
            raise ValidationError(str(error)) from None
        if not field.data:
            raise ValidationError(_l("Write the reason for your decision"))
        if len(field.data) < SHORTEST_REASON:
            raise ValidationError(_l("Say more: the reason needs at least ten characters"))

    @property
    def seen_version(self) -> int:
        """0, which no review has, for anything that is no number."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def filter_of(arguments: MultiDict[str, str]) -> QueueFilter:
    """Read the address leniently: what is not among the choices narrows nothing."""
    known: dict[str, set[Any]] = {
        "state": {value for value, _words in STATES},
        "red_flag": {value for value, _words in HARMS},
        "band": {"", *BANDS},
        "sector": {"", *activities.SECTIONS},
    }
    chosen = {name: value if (value := arguments.get(name, "")) in values else "" for name, values in known.items()}
    try:
        text = clean(arguments.get("text", ""), longest=LONGEST_SEARCH)
    except Mistyped:
        text = ""
    page = arguments.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
    return QueueFilter(**chosen, text=text, page=max(1, min(number, LAST_PAGE)))
