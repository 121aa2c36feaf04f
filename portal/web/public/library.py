"""The library's front page: every questionnaire, and every question to be searched and filtered by its address."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.services.library.folding import LONGEST
from portal.services.library.search import FACETS, Wish, find_questions
from portal.services.questionnaires import is_published, newest_versions
from portal.web import current
from portal.web.public.blueprint import bp
from portal.web.public.facets import facets_of, place_words


@bp.get("/questionnaires")
def list_questionnaires() -> ResponseReturnValue:
    """Without words and filters the questionnaires themselves, with any of them the questions found."""
    catalogue, wish = current.catalogue(), _wish()
    found = find_questions(catalogue, wish)
    return render_template(
        "public/library/index.html",
        wish=wish,
        found=found,
        facets=facets_of(catalogue, wish, found),
        offered=[(one, is_published(catalogue, one)) for one in newest_versions(catalogue)],
        profiles=catalogue.profiles.values(),
        kept={name: value for name, value in {"q": wish.query, **wish.chosen}.items() if value},
        place_words=place_words,
    )


def _wish() -> Wish:
    """What the address asks for; a page that is no number is the first."""
    page = request.args.get("page", "1")
    return Wish(
        query=" ".join(request.args.get("q", "")[:LONGEST].split()),
        filters={facet: request.args.get(facet, "")[:100] for facet in FACETS},
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 5 else 1,
    )
