"""Questionnaires, profiles and references as JSON, the same for everybody and kept by whoever fetched them."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from portal.catalogue import definition
from portal.domain.canonical import digest_of
from portal.domain.questionnaire import Questionnaire
from portal.services.library.instruments import instruments_of
from portal.services.questionnaires import find_version, is_published, newest_versions
from portal.web import current
from portal.web.api.blueprint import bp
from portal.web.api.documents import ProfileEntry, ReferenceEntry, ReferenceList, VersionEntry, VersionList


@bp.get("/questionnaires")
def list_questionnaires() -> ResponseReturnValue:
    """Every version of every questionnaire and of the profile."""
    catalogue = current.catalogue()
    newest = newest_versions(catalogue)
    profiles = [
        ProfileEntry(
            reference=one.reference,
            slug=one.slug,
            version=one.version,
            title=one.title,
            digest=one.digest,
            url=url_for(".show_profile", slug=one.slug, version=one.version),
        )
        for one in catalogue.profiles.values()
    ]
    versions = [_entry(one, newest=one in newest) for one in catalogue.questionnaires.values()]
    return answer(VersionList(format="questionnaires/1", questionnaires=versions, profiles=profiles))


@bp.get("/questionnaires/<slug>/<version>")
def show_questionnaire(slug: str, version: str) -> ResponseReturnValue:
    """The whole definition, from which anybody can compute the same score."""
    catalogue = current.catalogue()
    return answer(definition(find_version(catalogue, slug, version) or abort(404), catalogue))


@bp.get("/profiles/<slug>/<version>")
def show_profile(slug: str, version: str) -> ResponseReturnValue:
    """The fields of the company profile, and the rules that decide which questions apply."""
    catalogue = current.catalogue()
    return answer(definition(catalogue.profiles.get(f"{slug}@{version}") or abort(404), catalogue))


@bp.get("/references")
def list_references() -> ResponseReturnValue:
    """Every article that questions may cite, with the questions that do."""
    return answer(
        ReferenceList(
            format="references/1",
            references=[
                ReferenceEntry(
                    code=article.reference.code,
                    scheme=article.reference.scheme,
                    title=article.reference.title,
                    topic=article.reference.topic,
                    url=article.reference.url,
                    verified=article.reference.verified,
                    cited_by=[question.id for _version, question in article.questions],
                )
                for instrument in instruments_of(current.catalogue())
                for article in instrument.articles
            ],
        )
    )


def answer(document: BaseModel | dict[str, Any]) -> Response:
    """Send the document; nothing but "not modified" to somebody who holds this very content."""
    values = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    content = json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"
    response = Response(content, mimetype="application/json")
    response.set_etag(digest_of(content).removeprefix("sha256:"))
    response.make_conditional(request)
    return response


def _entry(version: Questionnaire, *, newest: bool) -> VersionEntry:
    return VersionEntry(
        reference=version.reference,
        slug=version.slug,
        version=version.version,
        id=version.id,
        title=version.title,
        short_title=version.short_title or version.title,
        kind=version.kind,
        status="published" if is_published(current.catalogue(), version) else "draft",
        digest=version.digest,
        questions=len(version.by_id),
        newest=newest,
        url=url_for(".show_questionnaire", slug=version.slug, version=version.version),
    )
