"""What is written as YAML reads back as it was."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.catalogue.yaml_nodes import UNFIT, Node, decode, parse
from portal.xlsform.notation import Undecided, flow, steps, written

quick = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)

TEXTS = st.one_of(
    st.text(max_size=20).map(lambda text: UNFIT.sub("", text)),
    st.text(alphabet="ab:#-'\"{}[],&*!|>%@`?\\ \n\t=~", max_size=60),
    st.lists(st.sampled_from(["word", "a:", "#b", "- c", "lång"]), min_size=30, max_size=40).map(" ".join),
).map(lambda text: decode(text.encode()).strip().replace("\ufeff", ""))
VALUES = st.recursive(
    TEXTS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)), max_leaves=8
)


def plain(node: Node) -> object:
    match node.value:
        case str(text):
            return text
        case tuple(items):
            return [plain(item) for item in items]
        case entries:
            return {key: plain(item) for key, (_, item) in entries.items()}


@quick
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=5))
def test_a_file_reads_back_as_it_was_written(values):
    assert plain(parse(written(values, "A remark.\nOn two lines.").encode())) == values


@quick
@given(VALUES)
def test_one_line_reads_back_as_it_was_written(value):
    line = flow({"key": value})

    assert "\n" not in line
    assert plain(parse(line.encode())) == {"key": value}


@quick
@given(st.lists(VALUES, min_size=1, max_size=4))
def test_steps_read_back_as_they_were_written(values):
    assert plain(parse(steps(values).encode())) == values


@quick
@given(TEXTS)
def test_what_is_undecided_is_empty_whatever_is_said_about_it(text):
    values = {"a": Undecided(f"decide: {text}"), "b": [{"id": "x", "level": Undecided(text)}]}

    assert plain(parse(written(values).encode())) == {"a": "", "b": [{"id": "x", "level": ""}]}


def test_texts_are_written_as_an_author_would():
    words = "word " * 40

    assert written({"ask": "Is it so?", "id": "A-1", "no": "no", "n": "1.10", "x": "a: b"}) == (
        'ask: Is it so?\nid: A-1\nno: no\nn: "1.10"\nx: "a: b"\n'
    )
    assert written({"why": words.strip()}).startswith("why: >-\n  word word")
