"""Which language a page is in: the choice of the person, else what the browser asks for."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, has_request_context, request, session, url_for
from flask_babel import Babel

from portal.catalogue.translations import in_language
from portal.domain.wording import SOURCE, V
from portal.web import current

SOURCES = Path(__file__).resolve().parent.parent / "translations"
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language people can choose. `name` is what its speakers call it."""

    tag: str
    locale: str
    direction: str
    name: str


#: Every language the portal knows how to set; offered are those of PORTAL_LANGUAGES that have translations.
KNOWN = {
    language.tag: language
    for language in (
        Language("en", "en", "ltr", "English"),
        Language("ar", "ar", "rtl", "العربية"),
        Language("bn", "bn", "ltr", "বাংলা"),
        Language("fa", "fa", "rtl", "فارسی"),
        Language("fil", "fil", "ltr", "Filipino"),
        Language("hi", "hi", "ltr", "हिन्दी"),
        Language("id", "id", "ltr", "Bahasa Indonesia"),
        Language("km", "km", "ltr", "ខ្មែរ"),
        Language("lo", "lo", "ltr", "ລາວ"),
        Language("ms", "ms", "ltr", "Bahasa Melayu"),
        Language("my", "my", "ltr", "မြန်မာ"),
        Language("ne", "ne", "ltr", "नेपाली"),
        Language("si", "si", "ltr", "සිංහල"),
        Language("ta", "ta", "ltr", "தமிழ்"),
        Language("th", "th", "ltr", "ไทย"),
        Language("ur", "ur", "rtl", "اردو"),
        Language("vi", "vi", "ltr", "Tiếng Việt"),
        Language("zh", "zh_Hans", "ltr", "中文"),
    )
}


def init_app(app: Flask) -> None:
    portal: current.Portal = app.extensions["portal"]
    app.extensions["languages"] = offered(portal.settings.languages)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(compiled(SOURCES, portal.settings.var / "translations"))
    Babel(app, default_locale=DEFAULT, default_timezone="UTC", locale_selector=lambda: language().locale)
    app.before_request(_remember)
    app.context_processor(
        lambda: {"language": language(), "languages": tuple(languages().values()), "page_in": page_in}
    )


def offered(wanted: str) -> dict[str, Language]:
    """Return the languages of a setting such as "en,th": English always, others where a translation exists."""
    tags = [DEFAULT, *(tag.strip() for tag in wanted.split(","))]
    return {tag: KNOWN[tag] for tag in tags if tag == DEFAULT or (tag in KNOWN and _source(SOURCES, tag).exists())}


def languages() -> dict[str, Language]:
    found: dict[str, Language] = current_app.extensions["languages"]
    return found


def language() -> Language:
    """The language of this request; English where there is no request, as in a background job."""
    if not has_request_context():
        return KNOWN[DEFAULT]
    choices = languages()
    for tag in (request.args.get("language"), session.get("language")):
        if tag in choices:
            return choices[tag]
    wished = (tag for tag, _weight in request.accept_languages)
    found = (choices.get(tag) or choices.get(tag.split("-")[0]) for tag in wished)
    return next(filter(None, found), choices[DEFAULT])


def in_words_of_reader(version: V) -> V:
    """A questionnaire or profile in the language of this request, text by text where a translation exists.

    For showing only: what is scored, stored or compared is the version as written. Templates mark each text with its
    own language (`lang="{{ text | lang }}"`), because a translation may have gaps.
    """
    tag = language().tag
    return version if tag == SOURCE else in_language(version, current.settings().questionnaires, tag)


def page_in(other: Language) -> str:
    """The address of this same page in another language; the start page where there is no such page to show."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return url_for("public.home", language=other.tag)
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "language"]
    return f"{request.script_root}{quote(request.path)}?{urlencode([*kept, ('language', other.tag)])}"


def compiled(sources: Path, into: Path) -> Path:
    """Compile every messages.po below `sources`; return the folder, named by their content so it is never stale."""
    files = sorted(sources.glob("*/LC_MESSAGES/messages.po"))
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = into / digest
    for file in files:
        target = folder / file.relative_to(sources).with_suffix(".mo")
        if not target.exists():
            _compile(file, target)
    return folder


def _compile(source: Path, target: Path) -> None:
    """Write whole or not at all: another process may be reading."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parent.parent.name)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalogue)
    Path(name).replace(target)


def _source(folder: Path, tag: str) -> Path:
    return folder / KNOWN[tag].locale / "LC_MESSAGES" / "messages.po"


def _remember() -> None:
    """Keep a choice made by a link in the form cookie: in the browser, not in the database."""
    tag = request.args.get("language")
    if tag in languages() and session.get("language") != tag:
        session["language"] = tag
