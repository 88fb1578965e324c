"""Links that anybody wrote, records that anybody changed, files that anybody brought: a page answers each, or says why
not in a sentence, and never shows a traceback.
"""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.errors import CcdsError
from ccds_core.runs.records import CONFIG, MANIFEST, METRICS
from ccds_core.storage import digest_file
from pages.ui.shared import frame
from tests.pages.emotions.test_batch_view import RULE, write_csv
from tests.support.fuzzing import assert_sentence, check_input, fuzzed
from tests.support.mutations import MARKUP, ODD_TEXT, changed_bytes, texts_of

NAMES = [entry.name for entry in frame.PAGES]
RUN = "architecture-1"
ODD = st.one_of(st.sampled_from([*MARKUP, "", "0", "-1", "1e9", "nan", "1", "true", "9" * 40]), st.text(max_size=30))
CSV = write_csv(["I was so glad", "I fear the dark, a little"]).encode()


def read(app):
    """What the page says: its first error as ours, else the number of its elements. A traceback fails the test."""
    assert not app.exception, app.exception[0].message
    assert len(app.title) == 1
    for error in app.error:
        assert_sentence(error.value.replace("\\", ""))
    if app.error:
        raise CcdsError(app.error[0].value.replace("\\", ""))
    return len(list(app.main))


def bound(app):
    """Each key that a link to this page may hold, with what is offered under it."""
    found = {}
    for node in app.main:
        proto = getattr(node, "proto", None)
        if key := getattr(proto, "query_param_key", ""):
            offered = [getattr(option, "content", option) for option in getattr(proto, "options", [])]
            found[key] = [str(option) for option in offered]
    return found


@pytest.fixture
def words_of_pages(open_page):
    """Page -> key -> what is offered; more appear as others are chosen, and every page is asked for those too."""
    return {name: bound(open_page(name)) for name in NAMES}


@pytest.mark.usefixtures("shipped_shelf")
def test_any_link_opens_a_page_or_says_why_not(open_page, words_of_pages, tmp_path):
    everything = {key: offered for words in words_of_pages.values() for key, offered in words.items()}
    assert len(everything) > 20, "the pages tell which keys they read"
    offers = [offer for offered in everything.values() for offer in offered]

    @st.composite
    def queries(draw):
        name = draw(st.sampled_from(NAMES))
        own = words_of_pages[name] or everything
        query = {}
        for key in draw(st.lists(st.sampled_from([*own, *own, *own, *everything]), max_size=6)):
            proper = st.sampled_from(own.get(key) or offers)
            value = st.one_of(proper, proper, ODD, st.sampled_from(offers))
            query[key] = draw(st.one_of(value, value, st.lists(value, max_size=4)))
        for key in draw(st.lists(st.text(min_size=1, max_size=9), max_size=2)):
            query[key] = draw(ODD)
        return name, query

    @fuzzed(40)
    @given(queries())
    def knock_with(name_and_query):
        name, query = name_and_query
        clean = {_as_sent(key): _each_as_sent(value) for key, value in query.items()}
        check_input(f"link: {name}", lambda: read(open_page(name, **clean)), may_write=tmp_path)

    knock_with()


@pytest.mark.parametrize("name", [CONFIG, METRICS])
def test_a_changed_record_is_shown_or_told(open_page, small_shelf, name, tmp_path):
    folder = small_shelf.checkpoints / RUN
    good = (folder / name).read_bytes()
    manifest = json.loads((folder / MANIFEST).read_text())

    @fuzzed(20)
    @given(texts_of(json.loads(good)), st.sampled_from(["home", "images", "compare"]))
    def knock_with(content, page):
        (folder / name).write_bytes(content)
        (folder / MANIFEST).write_text(json.dumps(manifest | {name: digest_file(folder / name)}))
        check_input(f"page of a changed {name}", lambda: read(open_page(page)), may_write=tmp_path)

    knock_with()


@pytest.mark.usefixtures("shipped_shelf")
def test_any_file_of_texts_is_listed_or_refused(open_page, tmp_path):
    query = {"emotions_source": "Batch/CSV", "emotions_many_source": "Upload a CSV", "emotions_models": [RULE]}
    app = open_page("emotions", **query)
    lines = st.lists(st.lists(ODD_TEXT, min_size=1, max_size=3), min_size=1, max_size=5).map(_join)

    def bring(content):
        app.file_uploader(key="emotions_csv").set_value(("texts.csv", content, "text/csv"))
        return read(app.run())

    @fuzzed(40)
    @given(st.one_of(lines, changed_bytes(CSV), st.binary(max_size=200)))
    def knock_with(content):
        check_input("page: a file of texts", lambda: bring(content), may_write=tmp_path)

    knock_with()


def _join(rows):
    buffer = io.StringIO()
    for row in [["text", "label"], *rows]:
        buffer.write(",".join(row) + "\n")
    return buffer.getvalue().encode(errors="replace")


def _as_sent(text):
    """As an address can hold it: no half of a surrogate pair."""
    return text.encode(errors="replace").decode()


def _each_as_sent(value):
    return [_as_sent(each) for each in value] if isinstance(value, list) else _as_sent(value)
