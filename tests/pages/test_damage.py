"""Run folders that are damaged or foreign: a sentence on the page, and the other runs go on."""

import json
import pickle
import shutil

import pytest
from safetensors.torch import save_file

from ccds_core.storage import digest_file
from tests.support.page_reading import answers, assert_sentence, charts
from tests.support.run_fixtures import DIGITS, FIGURES_ONLY

RUN = "architecture-1"
OTHER = "architecture-4"


class Bomb:
    """Leaves a trace if anybody unpickles it."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


def sign(folder):
    """Make the manifest agree with the files, as a clever stranger would."""
    names = [path.name for path in folder.iterdir() if path.name != "manifest.json"]
    (folder / "manifest.json").write_text(json.dumps({name: digest_file(folder / name) for name in names}))


def test_flipped_bytes_in_the_weights_end_in_a_sentence_and_other_models_answer(open_page, small_shelf):
    weights = small_shelf.checkpoints / RUN / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 0xFF
    weights.write_bytes(content)
    app = open_page("images")
    assert_sentence(app, about=[RUN, "weights"])
    app.multiselect(key="images_models").set_value([OTHER]).run()
    assert not app.error
    assert list(answers(app).index) == [OTHER]


def test_half_the_weights_end_in_a_sentence(open_page, small_shelf):
    weights = small_shelf.checkpoints / RUN / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert_sentence(open_page("images"), about=[RUN])


def test_a_pickle_with_a_good_digest_is_refused_unopened(open_page, small_shelf, tmp_path):
    trace = tmp_path / "trace"
    folder = small_shelf.checkpoints / RUN
    (folder / "weights.safetensors").write_bytes(pickle.dumps(Bomb(trace)))
    sign(folder)
    assert_sentence(open_page("images"), about=[RUN])
    assert not trace.exists()


def test_weights_of_another_architecture_end_in_a_sentence(open_page, small_shelf):
    folder = small_shelf.checkpoints / RUN
    shutil.copy(small_shelf.checkpoints / OTHER / "weights.safetensors", folder)
    sign(folder)
    assert_sentence(open_page("images"), about=[RUN])


def test_weights_of_another_shape_end_in_a_sentence(open_page, small_shelf):
    import torch

    folder = small_shelf.checkpoints / RUN
    save_file({"linears.fc1.weight": torch.zeros(3, 3)}, folder / "weights.safetensors")
    sign(folder)
    assert_sentence(open_page("images"), about=[RUN])


@pytest.mark.parametrize("file", ["config.json", "metrics.json", "manifest.json"])
@pytest.mark.parametrize("content", ["{", '{"a": "b"}', "\xff"], ids=["broken", "other fields", "no text"])
def test_a_run_with_a_damaged_record_takes_no_other_run_with_it(open_page, small_shelf, file, content):
    (small_shelf.checkpoints / RUN / file).write_text(content, encoding="latin-1")
    app = open_page("compare")
    assert not app.exception
    assert app.multiselect(key="compare_runs").options == [OTHER]
    assert charts(app)


def test_a_run_of_an_unknown_model_takes_no_other_run_with_it(open_page, small_shelf):
    folder = small_shelf.checkpoints / RUN
    config = json.loads((folder / "config.json").read_text())
    config["config"]["model"] = "model-of-tomorrow"
    (folder / "config.json").write_text(json.dumps(config))
    sign(folder)
    assert charts(open_page("compare"))
    assert list(answers(open_page("images")).index) == [OTHER]


def test_a_run_made_here_under_the_name_of_shipped_figures_can_be_asked(open_page, small_shelf, whole_shelf):
    """Where the shipped runs were trained, each further seed lies in both folders, with weights in one alone."""
    shutil.copytree(whole_shelf.checkpoints / FIGURES_ONLY, small_shelf.checkpoints / FIGURES_ONLY)
    shutil.copytree(whole_shelf.checkpoints / "architecture-2", small_shelf.runs / FIGURES_ONLY)
    app = open_page("images")
    assert list(answers(app).index) == [RUN, OTHER]
    for name in app.multiselect(key="images_models").options:
        app.multiselect(key="images_models").set_value([name]).run()
        assert not app.error, name
        assert list(answers(app).index) == [name]


def test_a_damaged_reliability_takes_no_answer_away(open_page, small_shelf):
    (small_shelf.checkpoints / "reliability.json").write_text("{")
    app = open_page("images")
    assert len(answers(app)) == 2
    assert any("was not measured" in alert.value for alert in app.info)


def test_files_beside_the_run_folders_do_no_harm(open_page, small_shelf):
    (small_shelf.checkpoints / "README.md").write_text("What a run folder holds.")
    (small_shelf.checkpoints / "empty").mkdir()
    (small_shelf.checkpoints / ".hidden").mkdir()
    app = open_page("images")
    assert not app.error
    assert len(answers(app)) == 2


def test_a_run_that_appears_while_the_app_runs_is_found(open_page, small_shelf, whole_shelf):
    app = open_page("images")
    assert DIGITS not in app.multiselect(key="images_models").options
    shutil.copytree(whole_shelf.runs / DIGITS, small_shelf.runs / DIGITS)
    assert DIGITS in app.run().multiselect(key="images_models").options


def test_a_chosen_run_that_goes_away_takes_nothing_with_it(open_page, small_shelf):
    app = open_page("compare", compare_runs=[RUN, OTHER])
    shutil.rmtree(small_shelf.checkpoints / RUN)
    app.run()
    assert not app.exception
    assert app.multiselect(key="compare_runs").value in ([OTHER], [])


def test_the_reliability_of_runs_shipped_later_is_read_without_a_restart(open_page, small_shelf, whole_shelf):
    app = open_page("images")
    before = [alert.value for alert in (*app.info, *app.warning)]
    shutil.copy(whole_shelf.checkpoints / "reliability.json", small_shelf.checkpoints)
    app.run()
    assert before != [alert.value for alert in (*app.info, *app.warning)]
