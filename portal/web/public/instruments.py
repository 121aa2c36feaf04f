"""The instruments behind the questions: their articles, whether each was checked, and which questions cite it."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.services.library.instruments import find_instrument, instruments_of
from portal.web import current
from portal.web.public.blueprint import bp
from portal.web.public.instrument_words import NAMES


@bp.get("/instruments")
def list_instruments() -> ResponseReturnValue:
    instruments = instruments_of(current.catalogue())
    return render_template("public/instruments/index.html", instruments=instruments, names=NAMES)


@bp.get("/instruments/<scheme>")
def show_instrument(scheme: str) -> ResponseReturnValue:
    instrument = find_instrument(current.catalogue(), scheme) or abort(404)
    name = NAMES.get(instrument.scheme, instrument.scheme)
    return render_template("public/instruments/show.html", instrument=instrument, name=name)
