"""Section pages: every type of question, saving all at once or one by one, and two people at the same time."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from portal import db
from portal.domain.answers import Answer
from portal.models import Assessment
from portal.services.assessments import saved_answers
from tests.builders import token_in


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (2, 2), "white").save(made, "PNG")
    return made.getvalue()


PNG = picture()


def address(assessment: Assessment, section: str) -> str:
    return f"/company/assessments/{assessment.id}/sections/{section}"


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send back untouched: hidden fields, texts, and chosen options."""
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]+>", page):
        kind, name = re.search(r'type="(\w+)"', tag), re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not kind or not name or kind[1] == "file" or (kind[1] in ("radio", "checkbox") and " checked" not in tag):
            continue
        fields[name[1]] = value[1] if value else ""
    return fields | dict(re.findall(r'<textarea[^>]+name="([^"]+)"[^>]*>([^<]*)</textarea>', page))


def save(client: FlaskClient, path: str, changes: dict[str, Any], *, seen: str = "") -> Any:
    page = seen or client.get(path).text
    fields = {
        name: FileStorage(value[0], filename=value[1]) if isinstance(value, tuple) else value
        for name, value in (fields_of(page) | changes).items()
    }
    boundary, body = encode_multipart(fields)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def stored(engine: Engine, assessment: Assessment) -> dict[str, Answer]:
    with db.reading(engine) as session:
        return {key: item.answer for key, item in saved_answers(session, assessment).items()}


def test_what_is_typed_is_saved_and_shown_again(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    path = address(draft, "COM")
    thai = "เราประชุมกันทุกเดือน"

    response = save(owner, path, {"HRS-COM-01-value": "3", "HRS-COM-01-comment": thai})

    assert response.status_code == 302
    assert stored(engine, draft) == {"HRS-COM-01": Answer(value=3, comment=thai)}
    page = owner.get(path).text
    assert thai in page
    assert re.search(r'name="HRS-COM-01-value" value="3" checked', page)


def test_saving_again_without_a_change_changes_nothing(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    path = address(draft, "COM")
    save(owner, path, {"HRS-COM-01-value": "3"})

    save(owner, path, {})

    with db.reading(engine) as session:
        assert saved_answers(session, draft)["HRS-COM-01"].version == 1


@pytest.mark.parametrize(
    ("section", "fields", "question", "answer"),
    [
        ("COM", {"HRS-COM-02-value": "dk"}, "HRS-COM-02", Answer(dont_know=True)),
        (
            "COM",
            {"HRS-COM-02-value": "na", "HRS-COM-02-why": "No staff"},
            "HRS-COM-02",
            Answer(not_applicable="No staff"),
        ),
        ("DO", {"HRS-DO-02-value": "dont_know"}, "HRS-DO-02", Answer(dont_know=True)),
        ("DO", {"HRS-DO-02-value": "found_open"}, "HRS-DO-02", Answer(value="found_open")),
        (
            "KNO",
            {"HRS-KNO-04-0-risk": "Heat", "HRS-KNO-04-0-who": "Dyers", "HRS-KNO-04-0-scale": "٣"},
            "HRS-KNO-04",
            Answer(value=[{"risk": "Heat", "who": "Dyers", "scale": 3}]),
        ),
        ("KNO", {"HRS-KNO-04-else": "dk"}, "HRS-KNO-04", Answer(dont_know=True)),
    ],
    ids=["dont know", "not applicable", "incident dont know", "incident", "table in Arabic digits", "table dont know"],
)
def test_each_way_of_answering(
    owner: FlaskClient,
    draft: Assessment,
    engine: Engine,
    section: str,
    fields: dict[str, str],
    question: str,
    answer: Answer,
) -> None:
    response = save(owner, address(draft, section), fields)

    assert response.status_code == 302
    assert stored(engine, draft)[question] == answer


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"HRS-DO-01-value": "na", "HRS-DO-01-why": ""}, "Say in one sentence why this does not apply"),
        ({"HRS-DO-03-value": "found_remediating", "HRS-DO-03-plan_end": "soon"}, "Enter the date as day month year"),
        ({"HRS-DO-03-value": "found_remediating", "HRS-DO-03-plan_end": "2099-01-01"}, "at the latest"),
        ({"HRS-DO-02-value": "made-up"}, "does not fit"),
        ({"HRS-DO-01-value": "2", "HRS-DO-01-comment": "x" * 10_001}, "Shorten the text"),
        ({"HRS-DO-01-value": "2", "HRS-DO-01-comment": "a\x00b"}, "characters that cannot be stored"),
    ],
    ids=["no reason", "no date", "too late", "no such option", "too long", "control characters"],
)
def test_what_does_not_fit_is_said_and_kept_on_the_page(
    owner: FlaskClient, draft: Assessment, engine: Engine, fields: dict[str, str], message: str
) -> None:
    path = address(draft, "DO")

    response = save(owner, path, fields | {"HRS-DO-06-value": "1", "HRS-DO-06-comment": "kept all the same"})

    assert response.status_code == 422
    assert message in response.text
    assert "kept all the same" in response.text
    assert stored(engine, draft)["HRS-DO-06"] == Answer(value=1, comment="kept all the same")


def test_of_two_people_the_slower_sees_both_texts(
    owner: FlaskClient, editor: FlaskClient, draft: Assessment, engine: Engine
) -> None:
    path = address(draft, "COM")
    page_of_owner, page_of_editor = owner.get(path).text, editor.get(path).text
    save(owner, path, {"HRS-COM-01-value": "1", "HRS-COM-01-comment": "first text"}, seen=page_of_owner)

    response = save(
        editor,
        path,
        {"HRS-COM-01-value": "2", "HRS-COM-01-comment": "second text", "HRS-COM-02-value": "4"},
        seen=page_of_editor,
    )

    assert response.status_code == 409
    assert "first text" in response.text
    assert "second text" in response.text
    assert stored(engine, draft) == {
        "HRS-COM-01": Answer(value=1, comment="first text"),
        "HRS-COM-02": Answer(value=4),
    }


def test_keeping_ones_own_version_after_a_conflict(
    owner: FlaskClient, editor: FlaskClient, draft: Assessment, engine: Engine
) -> None:
    path = address(draft, "COM")
    page = editor.get(path).text
    save(owner, path, {"HRS-COM-01-value": "1"})
    conflict = save(editor, path, {"HRS-COM-01-value": "2", "HRS-COM-01-comment": "mine"}, seen=page).text

    mine = conflict[conflict.index('class="version mine"') : conflict.index("Keep my version")]
    response = editor.post(path, data=fields_of(mine))

    assert response.status_code == 302
    assert stored(engine, draft)["HRS-COM-01"] == Answer(value=2, comment="mine")


def test_autosave_says_what_became_of_the_answer(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    token = token_in(owner.get(address(draft, "COM")).text)
    path = f"/company/assessments/{draft.id}/answers"
    fields = {"csrf_token": token, "question": "HRS-COM-01", "HRS-COM-01-value": "2", "HRS-COM-01-version": "0"}

    first = owner.post(path, data=fields)
    stale = owner.post(path, data=fields | {"HRS-COM-01-value": "4"})
    wrong = owner.post(path, data=fields | {"HRS-COM-01-value": "9", "HRS-COM-01-version": "1"})
    unknown = owner.post(path, data=fields | {"question": "HRS-XXX-01"})

    assert (first.status_code, first.json["status"], first.json["version"]) == (200, "saved", 1)
    assert (stale.status_code, stale.json["status"], stale.json["version"]) == (409, "conflict", 1)
    assert stale.json["theirs"]["HRS-COM-01-value"] == ["2"]
    assert (wrong.status_code, wrong.json["status"]) == (422, "invalid")
    assert unknown.status_code == 404
    assert stored(engine, draft) == {"HRS-COM-01": Answer(value=2)}


def test_without_the_form_token_nothing_is_saved(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    response = owner.post(
        f"/company/assessments/{draft.id}/answers",
        data={"question": "HRS-COM-01", "HRS-COM-01-value": "2", "HRS-COM-01-version": "0"},
    )

    assert response.status_code == 400
    assert stored(engine, draft) == {}


def test_files_are_attached_listed_downloaded_and_taken_back(
    owner: FlaskClient, draft: Assessment, engine: Engine
) -> None:
    path = address(draft, "COM")
    save(owner, path, {"HRS-COM-01-value": "3", "HRS-COM-01-file": (io.BytesIO(PNG), "ภาพถ่าย.png")})
    page = owner.get(path).text
    assert "ภาพถ่าย.png" in page
    assert stored(engine, draft)["HRS-COM-01"].evidence == "attached"

    link = re.search(r'href="(/company/evidence/[^"]+)"', page)
    assert link
    download = owner.get(link[1])
    assert download.data == PNG
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in download.headers["Content-Security-Policy"]

    removed = re.search(r'name="remove" value="([^"]+)"', page)
    assert removed
    save(owner, path, {"remove": removed[1]})
    assert stored(engine, draft)["HRS-COM-01"].evidence == "none"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"%PDF-1.4 not a picture", "photo.png", "not what its name says"),
        (PNG, "photo.svg", "type of file is not taken"),
        (b"", "empty.pdf", "file is empty"),
        (b"%PDF-1.4 broken", "broken.pdf", "damaged"),
        (b"x" * (20 * 1024 * 1024 + 1), "large.txt", "larger than 20 MB"),
    ],
    ids=["pdf named png", "svg", "empty", "broken pdf", "too big"],
)
def test_a_refused_file_loses_nothing_that_was_typed(
    owner: FlaskClient, draft: Assessment, engine: Engine, content: bytes, name: str, message: str
) -> None:
    response = save(
        owner,
        address(draft, "COM"),
        {
            "HRS-COM-01-value": "3",
            "HRS-COM-01-comment": "typed with care",
            "HRS-COM-01-file": (io.BytesIO(content), name),
        },
    )

    assert response.status_code == 422
    assert message in response.text
    assert stored(engine, draft)["HRS-COM-01"] == Answer(value=3, comment="typed with care")


def test_questions_that_do_not_apply_are_not_asked(owner: FlaskClient, draft: Assessment, engine: Engine) -> None:
    page = owner.get("/company/profile").text
    form = MultiDict([("csrf_token", token_in(page)), ("version", "1"), ("PRO-18", "0"), ("PRO-11", "0")])
    shown = owner.post("/company/profile", data=form).text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen, "what the change does was not shown first"
    owner.post("/company/profile", data=MultiDict([*form.items(multi=True), ("seen", seen[1])]))

    assert "HRS-DO-03" not in owner.get(address(draft, "DO")).text
    assert "HRS-KNO-02-value" not in owner.get(address(draft, "KNO")).text


def test_a_submitted_assessment_shows_its_answers_but_takes_none(
    owner: FlaskClient, complete: Assessment, engine: Engine
) -> None:
    path = address(complete, "COM")
    before = owner.get(path).text
    with db.writing(engine) as session, session.begin():
        session.get_one(Assessment, complete.id).status = "submitted"  # type: ignore[assignment]

    response = save(owner, path, {"HRS-COM-01-value": "4"}, seen=before)

    assert response.status_code == 302
    assert stored(engine, complete)["HRS-COM-01"] == Answer(value=2)
    assert "can no longer change" in owner.get(path).text


def count_statements(engine: Engine, act: Any) -> int:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def test_a_section_page_takes_at_most_eight_statements_whatever_the_number_of_questions(
    app: Any, owner: FlaskClient, complete: Assessment
) -> None:
    engine = app.extensions["portal"].engine
    counts = {
        section: count_statements(engine, lambda s=section: owner.get(address(complete, s)))
        for section in ("CHK", "COM", "DO")
    }

    assert counts["CHK"] == counts["COM"] > 0
    assert counts["DO"] == counts["COM"] + 1, "what governments declared, where harm is asked about"
    assert counts["DO"] <= 8


def test_an_autosave_takes_at_most_six_statements(app: Any, owner: FlaskClient, complete: Assessment) -> None:
    token = token_in(owner.get(address(complete, "COM")).text)
    fields = {"csrf_token": token, "question": "HRS-COM-01", "HRS-COM-01-value": "4", "HRS-COM-01-version": "1"}

    count = count_statements(
        app.extensions["portal"].engine,
        lambda: owner.post(f"/company/assessments/{complete.id}/answers", data=fields),
    )

    assert 0 < count <= 6
