"""What is shipped beside the runs: changed or cut, it is drawn or refused in one sentence."""

import json
import shutil
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data import label_noise
from ccds_core.figures.erasure_curves import gain_dots
from ccds_core.figures.ladder_lines import agreement_panels, agreement_title, ladder_panels, ladder_title
from ccds_core.figures.step_lines import LAYER_READINGS, layer_maps, step_panels
from ccds_core.figures.token_bars import bars_title, class_panels, masking_bars, masking_title
from ccds_core.paths import PROJECT
from ccds_core.runs import consensus
from ccds_core.runs.records import CONFIG, MANIFEST, METRICS, find_run
from ccds_core.storage import parse_json
from ccds_core.training import diagnosis
from ccds_core.training.first_steps_records import FOLDER, TrainingTrace, find_steps
from tests.support.fuzzing import check_input, fuzzed
from tests.support.mutations import texts_of

SHIPPED = PROJECT / "checkpoints"
RUN = "bert-emotion"


@pytest.fixture
def shipped(checkpoints_folder, runs_folder, cache_folder):
    """The records of the shipped BERT, without its weights, and what lies beside."""
    for name in (CONFIG, METRICS, MANIFEST):
        (checkpoints_folder / RUN).mkdir(parents=True, exist_ok=True)
        shutil.copy(SHIPPED / RUN / name, checkpoints_folder / RUN)
    return checkpoints_folder


def draw_faithfulness(_):
    from ccds_core.explain.faithfulness_study import load_results

    results = load_results(find_run(RUN))
    if results is not None:
        measures = {each.label: (each.comprehensiveness, each.sufficiency) for each in results.measures.values()}
        gain_dots(measures, max(measures))


def draw_tokens(number):
    """One view and one method, as the page shows them: all of them are some thirty charts."""
    from ccds_core.explain.top_tokens.results import load_results

    results = load_results(find_run(RUN), "test")
    for _, view in one_of(results.views, number) if results else ():
        for method, lists in one_of(view.lists, number):
            bars_title(lists, method)
            class_panels(lists, "unit", {})
        ladder_title(view.ladder, ("feel",))
        ladder_panels(view.ladder, ("feel",), view.ladder[0].step)
        agreement_title(view.agreement)
        agreement_panels(view.agreement)
    for _, checks in one_of(results.masking, number) if results else ():
        masking_bars(checks, masking_title(checks))


def one_of(items, number):
    """One name and value of a dictionary, or none."""
    return [list(items.items())[number % len(items)]] if items else []


def draw_reliability(_):
    results = consensus.load_reliability()
    if results is not None:
        assert all(isinstance(results.at(sure, True).share, float) for sure in (0.0, 0.5, 1.0))
        results.foreign_share(0.5)


def draw_noise(_):
    results = label_noise.load_label_noise()
    if results is not None:
        label_noise.noise_sentences(results)


BESIDE = {
    f"{RUN}.faithfulness.json": draw_faithfulness,
    f"{RUN}.tokens.json": draw_tokens,
    "reliability.json": draw_reliability,
    "emotion_noise.json": draw_noise,
}


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of what a whole file can become
@pytest.mark.parametrize("name", BESIDE)
def test_a_changed_side_file_is_drawn_or_refused(shipped, name):
    shutil.copy(SHIPPED / name, shipped)
    BESIDE[name](0)  # imports what it needs, which writes folders of its own

    @fuzzed(60)
    @given(texts_of(json.loads((SHIPPED / name).read_text())), st.integers(0, 999))
    def check_one(content, number):
        (shipped / name).write_bytes(content)
        check_input(f"side file: {name.removeprefix(RUN + '.')}", partial(BESIDE[name], number))

    check_one()


def test_a_changed_recording_of_first_steps_is_drawn_or_refused(shipped):
    source = min((SHIPPED / FOLDER).glob("*.json"))
    good = json.loads(source.read_text())
    whole = parse_json(TrainingTrace, source.read_text(), "it")
    (shipped / FOLDER).mkdir()

    def draw():
        results = find_steps(whole.config, whole.asked)
        step_panels({"it": results}, 40)
        diagnosis.diagnose_steps(results)
        for reading in LAYER_READINGS:
            layer_maps({"it": results}, reading, 40)

    @fuzzed(80)
    @given(texts_of(good))
    def check_one(content):
        (shipped / FOLDER / source.name).write_bytes(content)
        check_input("side file: first steps", draw)

    check_one()
