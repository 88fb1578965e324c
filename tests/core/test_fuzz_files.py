"""What is shipped beside the runs, and data sets that people bring: changed, cut or foreign, one sentence or drawn."""

import json
import shutil
import tarfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core import agreement, diagnosis, noise
from ccds_core.config import DataConfig
from ccds_core.data import catalog, cifar10, emotion
from ccds_core.data.class_folders import read_split_tar
from ccds_core.data.image_arrays import load_or_decode
from ccds_core.data.labelled_files import read_labelled, read_table
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
from tests.core.hostile import every_form
from tests.core.mutations import MARKUP, changed_bytes, texts_of
from tests.core.small_cifar import python2_batch, python3_batch
from tests.core.small_texts import small_texts

SHIPPED = PROJECT / "checkpoints"
RUN = "bert-emotion"
CSV = ("text,label\n" + "\n".join(f'"{text}",{label}' for text, label in small_texts())).encode()
PICTURES = list(every_form().values())


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


@pytest.mark.parametrize("read", [read_table, read_labelled], ids=["table", "labelled"])
def test_a_table_is_read_or_refused(read):
    cells = st.lists(st.sampled_from(MARKUP) | st.text(max_size=9), max_size=4).map("\t,;|".join)

    @fuzzed(150)
    @given(
        st.one_of(
            changed_bytes(CSV),
            st.binary(max_size=300),
            st.lists(cells, max_size=6).map(lambda rows: "\n".join(rows).encode(errors="replace")),
            st.sampled_from(
                [b'"' * 9000, b"," * 9000, b"a\n" * 9000, b"\xff\xfe" + b"a" * 999, b"a,b\n" + b"1,2,3\n" * 9]
            ),
        )
    )
    def knock_with(content):
        knock(f"text file: {read.__name__}", lambda: read(content, "a.csv"))

    knock_with()


def test_a_file_of_texts_to_train_on_is_split_or_refused(tmp_path):
    path = tmp_path / "own.csv"

    @fuzzed(60)
    @given(
        changed_bytes(CSV) | st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode(errors="replace"))
    )
    def knock_with(content):
        path.write_bytes(content)
        knock("text file: to train on", lambda: catalog.load_text_rows(DataConfig(str(path), "seeded")))

    knock_with()


def test_a_folder_of_own_pictures_is_read_or_refused(tmp_path, cache_folder):
    names = st.sampled_from(
        ["a.png", "b.jpg", "..png", ".hidden.png", "x.PNG", "<b>.png", "ü.gif", "c.txt", "a.png.exe"]
    )
    files = st.sampled_from(PICTURES).flatmap(lambda good: changed_bytes(good) | st.just(good)) | st.binary(max_size=50)
    tree = st.dictionaries(
        st.sampled_from(["cat", "dog", " ", "$x$", ".git"]), st.dictionaries(names, files, max_size=4)
    )

    @fuzzed(60)
    @given(tree)
    def knock_with(tree):
        folder = tmp_path / "own"
        shutil.rmtree(folder, ignore_errors=True)
        for label, pictures in tree.items():
            (folder / label).mkdir(parents=True)
            for name, content in pictures.items():
                (folder / label / name).write_bytes(content)
        load = DataConfig(str(folder), "seeded")
        knock("picture folder", lambda: catalog.load_image_data(load), may_write=cache_folder)

    knock_with()


def _tar():
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("train/cat/a.png", "test/dog/../../b.png", "/etc/train/cat/c.png"):
            member = tarfile.TarInfo(name)
            member.size = len(PICTURES[5])
            archive.addfile(member, BytesIO(PICTURES[5]))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("door", "good", "read"),
    [
        ("batch, Python 2", python2_batch(1), lambda path: cifar10.read_batch(path.read_bytes(), "batch")),
        ("batch, Python 3", python3_batch(1), lambda path: cifar10.read_batch(path.read_bytes(), "batch")),
        ("tar", _tar(), lambda path: list(read_split_tar(path))),
        ("emotion lines", b"i was glad;joy\ni was sad;sadness\n" * 5, emotion._read),
        ("parquet", None, emotion.read_parquet),
    ],
)
def test_a_changed_data_file_is_read_or_refused(tmp_path, door, good, read):
    path = tmp_path / "file"
    good = good or _parquet(path)

    @fuzzed(60)
    @given(changed_bytes(good) | changed_bytes(good, reach=600) | st.binary(max_size=100))
    def knock_with(content):
        path.write_bytes(content)
        knock(f"data file: {door}", lambda: read(path))

    knock_with()


def _parquet(path):
    import pyarrow as pa
    from pyarrow import parquet

    names = {"info": {"features": {"label": {"names": list(emotion.CLASSES)}}}}
    table = pa.table({"text": ["i was glad", "i was sad"], "label": [1, 0]})
    parquet.write_table(table.replace_schema_metadata({"huggingface": json.dumps(names)}), path)
    return path.read_bytes()


def test_a_damaged_cache_is_made_again(tmp_path, cache_folder):
    from ccds_core.data import digits

    load_or_decode("a" * 40, digits.load)
    (folder,) = (cache_folder / "images").iterdir()
    good = {path.name: path.read_bytes() for path in folder.iterdir()}

    @fuzzed(30)
    @given(st.sampled_from(sorted(good)), st.data())
    def knock_with(name, data):
        for file, content in good.items():
            (folder / file).write_bytes(content)
        (folder / name).write_bytes(data.draw(changed_bytes(good[name], reach=300) | st.binary(max_size=50)))
        found = knock("cache of pictures", lambda: load_or_decode("a" * 40, digits.load), may_write=cache_folder)
        assert len(found.labels) == 1797

    knock_with()
