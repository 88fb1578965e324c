"""The recipes of CONTRIBUTING.md, followed literally in a copy of the code: each works, and touches few files."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.small_texts import write_csv

ROOT = Path(__file__).resolve().parent.parent
STEP = re.compile(
    r"^(?:In `(?P<file>[^`]+)`, (?P<how>at the end|after `(?P<after>[^`]+)`|before `(?P<before>[^`]+)`"
    r"|replace `(?P<old>[^`]+)`)|New file `(?P<new>[^`]+)`):\n\n```python\n(?P<code>.*?)```",
    re.MULTILINE | re.DOTALL,
)
MOST_FILES = {"Add an attribution method": 2, "Add a toggle to the CNN": 3, "Add a model family": 3, "Add a page": 4}
pytestmark = pytest.mark.slow


def steps_of(recipe):
    """The recipe's steps, as matches of `STEP`."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    section = text.split(f"## {recipe}\n")[1].split("\n## ")[0]
    return list(STEP.finditer(section))


def follow(recipe, copy):
    """Do what the recipe says in the copy; returns the files that it touched."""
    touched = set()
    for step in steps_of(recipe):
        path = copy / (step["new"] or step["file"])
        touched.add(path)
        if step["new"]:
            path.write_text(step["code"])
            continue
        text = path.read_text()
        if step["how"] == "at the end":
            text = f"{text}\n\n{step['code']}"
        elif step["after"]:
            assert step["after"] in text, step["after"]
            text = text.replace(f"{step['after']}\n", f"{step['after']}\n{step['code']}", 1)
        elif step["before"]:
            assert step["before"] in text, step["before"]
            text = text.replace(step["before"], f"{step['code']}\n{step['before']}", 1)
        else:
            assert step["old"] in text, step["old"]
            text = text.replace(f"{step['old']}\n", step["code"], 1)
        path.write_text(text)
    return touched


@pytest.fixture
def copy(tmp_path):
    """The code alone, in a folder of its own."""
    for name in ("ccds_core", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "streamlit_app.py", tmp_path)
    return tmp_path


def run(copy, *words, code=""):
    """A command of the copy, or code run in it, with the shipped checkpoints; its standard output."""
    folders = {
        "CHECKPOINTS": ROOT / "checkpoints",
        "RUNS": copy / "runs",
        "CACHE": copy / "cache",
        "DATA": copy / "data",
    }
    environment = os.environ | {f"CCDS_{name}_DIR": str(folder) for name, folder in folders.items()}
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "ccds_core", *words]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def page(copy, name, read, **query):
    """What `read`, an expression about `app`, gives on a page of the copy."""
    switch = "" if name == "home" else f".switch_page('pages/{name}.py')"
    code = (
        "import json, sys\nfrom streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('streamlit_app.py', default_timeout=120)\n"
        f"app.query_params = {query!r}\napp = app{switch}.run()\n"
        "assert not app.exception, app.exception\nassert not app.error, app.error\n"
        f"sys.stdout.write('\\n' + json.dumps({read}))"
    )
    return json.loads(run(copy, code=code).splitlines()[-1])


@pytest.mark.parametrize("recipe", MOST_FILES)
def test_a_recipe_touches_few_files(recipe, copy):
    assert steps_of(recipe)
    assert len(follow(recipe, copy)) <= MOST_FILES[recipe]


def test_a_new_attribution_method_is_offered_by_page_command_line_and_faithfulness_test(copy, tmp_path):
    follow("Add an attribution method", copy)
    image = next((ROOT / "ccds_core" / "data" / "example_images").glob("*.webp"))
    explained = json.loads(run(copy, "explain", str(image), "--method", "input-gradient-size", "--json"))
    assert min(map(min, explained["values"])) >= 0
    maps = page(copy, "images", "[markdown.value for markdown in app.markdown]", images_view="Attribution maps")
    assert any("**|Input × gradient|.**" in text for text in maps)
    specs = "[chart.proto.spec for chart in app.get('vega_lite_chart')]"
    tested = page(copy, "images", specs, images_view="Faithfulness test")
    assert any("#332288" in spec for spec in tested), "in its own colour"


def test_a_new_toggle_is_offered_by_page_code_and_command_line(copy):
    follow("Add a toggle to the CNN", copy)
    assert "average_pool" in page(copy, "architectures", "[toggle.key for toggle in app.toggle]")[-1]
    assert "nn.AvgPool2d(2)" in run(copy, "code", "architecture-1", "--average-pool")
    assert "--average-pool" in run(copy, "train", "--help")
    labels = page(copy, "train", "[toggle.label for toggle in app.toggle]", train_what="Your network")
    assert "Average pooling" in labels


def test_a_new_model_family_trains_answers_and_is_explained(copy):
    follow("Add a model family", copy)
    csv = write_csv(copy / "small.csv")
    run(
        copy, "train", "mean-of-words", "--data", str(csv), "--epochs", "3", "--learning-rate", "0.05", "--name", "mean"
    )
    answer = json.loads(run(copy, "predict", "--text", "the baker sounded irked", "--model", "mean", "--json"))
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-6)
    command = ("explain", "the baker sounded irked", "--model", "mean", "--method", "integrated-gradients", "--json")
    assert len(json.loads(run(copy, *command))["values"]) == 4
    assert "mean-of-words" in run(copy, "presets")
    offered = page(copy, "emotions", "[list(widget.options) for widget in app.multiselect]", emotions_models="mean")
    assert any("mean" in names for names in offered)


def test_a_new_page_stands_in_the_navigation_and_opens(copy):
    follow("Add a page", copy)
    assert page(copy, "runs", "[app.title[0].value, len(app.dataframe[0].value)]")[0] == "Runs"
