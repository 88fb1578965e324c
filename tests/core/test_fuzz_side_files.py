"""What is shipped beside the runs: changed or cut, it is drawn or refused in one sentence."""

import json
import shutil

import pytest
from hypothesis import given

from ccds_core import agreement, diagnosis, noise
from ccds_core.figures.agreement_bars import agreement_panels, agreement_title
from ccds_core.figures.gain_dots import gain_dots
from ccds_core.figures.ladder_lines import ladder_panels, ladder_title
from ccds_core.figures.step_lines import LAYER_READINGS, layer_maps, step_panels
from ccds_core.figures.token_bars import bars_title, class_panels, masking_bars, masking_title
from ccds_core.run_folders import CONFIG, MANIFEST, METRICS, find_run
from ccds_core.runtime import PROJECT
from ccds_core.step_records import FOLDER, FirstSteps, find_steps
from ccds_core.storage import parse_json
from tests.core.doors import fuzzed, knock
from tests.core.mutations import texts_of

SHIPPED = PROJECT / "checkpoints"
RUN = "bert-emotion"


@pytest.fixture
def shipped(checkpoints_folder, runs_folder, cache_folder):
    """The records of the shipped BERT, without its weights, and what lies beside."""
    for name in (CONFIG, METRICS, MANIFEST):
        (checkpoints_folder / RUN).mkdir(parents=True, exist_ok=True)
        shutil.copy(SHIPPED / RUN / name, checkpoints_folder / RUN)
    return checkpoints_folder


def draw_faithfulness():
    from ccds_core.faithfulness_results import load_results

    found = load_results(find_run(RUN))
    if found is not None:
        measures = {each.label: (each.comprehensiveness, each.sufficiency) for each in found.measures.values()}
        gain_dots(measures, max(measures))


def draw_tokens():
    from ccds_core.token_results import load_results

    found = load_results(find_run(RUN), "test")
    for view in found.views.values() if found else ():
        for method, lists in view.lists.items():
            bars_title(lists, method)
            class_panels(lists, "unit", {})
        ladder_title(view.ladder, ("feel",))
        ladder_panels(view.ladder, ("feel",), view.ladder[0].step)
        agreement_title(view.agreement)
        agreement_panels(view.agreement)
    for checks in found.masking.values() if found else ():
        masking_bars(checks, masking_title(checks))


def draw_reliability():
    found = agreement.load_reliability()
    if found is not None:
        assert all(isinstance(found.at(sure, True).share, float) for sure in (0.0, 0.5, 1.0))
        found.foreign_share(0.5)


def draw_noise():
    found = noise.load_noise()
    if found is not None:
        noise.noise_sentences(found)


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
    BESIDE[name]()  # imports what it needs, which writes folders of its own

    @fuzzed(60)
    @given(texts_of(json.loads((SHIPPED / name).read_text())))
    def knock_with(content):
        (shipped / name).write_bytes(content)
        knock(f"side file: {name.removeprefix(RUN + '.')}", BESIDE[name])

    knock_with()


def test_a_changed_recording_of_first_steps_is_drawn_or_refused(shipped):
    source = min((SHIPPED / FOLDER).glob("*.json"))
    good = json.loads(source.read_text())
    whole = parse_json(FirstSteps, source.read_text(), "it")
    (shipped / FOLDER).mkdir()

    def draw():
        found = find_steps(whole.config, whole.asked)
        step_panels({"it": found}, 40)
        diagnosis.diagnose_steps(found)
        for reading in LAYER_READINGS:
            layer_maps({"it": found}, reading, 40)

    @fuzzed(80)
    @given(texts_of(good))
    def knock_with(content):
        (shipped / FOLDER / source.name).write_bytes(content)
        knock("side file: first steps", draw)

    knock_with()
