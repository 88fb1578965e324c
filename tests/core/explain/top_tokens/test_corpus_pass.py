"""One pass over many texts: the same numbers as all attention at once would give, in any batches, in little memory."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from ccds_core.data.batching import cut_by_length
from ccds_core.data.normalize import split_words
from ccds_core.errors import CheckpointError, InvalidConfigError, InvalidInputError
from ccds_core.explain.attention import build_map, received, rollout
from ccds_core.explain.top_tokens.corpus_pass import BATCH_TOKENS, CHUNK, read_words
from ccds_core.explain.top_tokens.masking import mask_top_words, sum_up
from ccds_core.explain.top_tokens.options import TokenOptions
from ccds_core.explain.top_tokens.readings import MEASURES, join_readings
from ccds_core.explain.top_tokens.table import build_table
from ccds_core.models.bert import find_bert
from ccds_core.runs.records import find_run
from ccds_core.runs.weights import load_classifier
from tests.support.small_berts import random_bert

TEXTS = (
    "i was by the kiln",
    "quiet",
    "",
    "my baker felt zymurgy and was keen and keen",
    "the the the",
    "we felt quiet by my kiln and the baker was keen",
)
QUICK = ("cls", "received", "rollout", "gradient")
PLANTED = ("quiet", "kiln", "keen")  # of each class
FILLERS = ("i", "was", "is", "the", "my", "we", "by", "and", "felt", "baker")
STEPS = 100  # until a tiny BERT tells the classes apart
MEMORY = """
import resource, sys
from pathlib import Path
from ccds_core.explain.top_tokens.corpus_pass import read_words
from ccds_core.explain.top_tokens.readings import join_readings
from tests.support.small_berts import random_bert
classifier = random_bert(Path(sys.argv[1]))
for n in (200, 200, 1_500):
    texts = ["we felt quiet by the kiln " * 10 for _ in range(n)]  # 60 words
    join_readings(list(read_words(classifier, texts, ("cls", "gradient"))), classifier.classes)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
KILOBYTE = 1 if sys.platform != "darwin" else 1_024  # the unit of ru_maxrss, per kilobyte


@pytest.fixture(params=["bert", "distilbert", "electra"])
def classifier(request, bert_base):
    return random_bert(bert_base, kind=request.param)


def read(classifier, texts=TEXTS, measures=QUICK, **options):
    return join_readings(list(read_words(classifier, texts, measures, **options)), classifier.classes)


def words_sum(row, encoding):
    """(T,) -> (W,): the pieces of each word added up."""
    return [
        sum(value for value, word in zip(row, encoding.word_of, strict=True) if word == place)
        for place in range(len(encoding.words))
    ]


def test_every_measure_is_that_of_all_attention_at_once(classifier):
    found = read(classifier)
    for number, text in enumerate(TEXTS):
        encoding = classifier.encode(split_words(text))
        own = {name: values[found.starts[number] : found.starts[number + 1]] for name, values in found.values.items()}
        with torch.enable_grad():
            embedded = find_bert(classifier).embed(encoding.token_ids).requires_grad_(True)
            logits, layers = find_bert(classifier).attend(embedded, encoding.mask)
            slopes = torch.autograd.grad(logits.max(), layers[-1])[0][0]
        weights = torch.cat([layer.detach() for layer in layers]).numpy()
        attention = build_map(encoding.tokens, encoding.word_of, weights)
        last = attention.weights[-1].mean(axis=0)  # (T, T)
        word_rows = [place for place, word in enumerate(encoding.word_of) if word is not None]
        expected = {
            "cls": last[0],
            "received": last[word_rows].mean(axis=0) if word_rows else last[0],
            "rollout": rollout(attention)[-1][0],
            "gradient": (attention.weights[-1] * slopes.numpy()).sum(axis=0)[0],
        }
        for name, row in expected.items():
            np.testing.assert_allclose(own[name], words_sum(row, encoding), atol=1e-5)
        np.testing.assert_allclose(found.probabilities[number], logits[0].softmax(dim=0).detach(), atol=1e-5)
    assert received(attention).shape == (2, 2, len(encoding.tokens))


def test_batch_size_and_company_change_nothing(classifier):
    texts = [" ".join(np.random.default_rng(n).choice(FILLERS + PLANTED, 1 + n % 9)) for n in range(60)]
    one = read(classifier, texts, batch_tokens=1)
    for batch_tokens in (40, BATCH_TOKENS, 10_000):
        other = read(classifier, texts, batch_tokens=batch_tokens)
        np.testing.assert_array_equal(one.word_ids, other.word_ids)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)
        for name in QUICK:
            np.testing.assert_allclose(one.values[name], other.values[name], atol=1e-5)


def test_words_and_special_tokens_share_all_attention(classifier):
    found = read(classifier)
    for name in ("cls", "received", "rollout"):
        kept = found.sum_over_words(found.values[name])
        assert ((kept >= 0) & (kept <= 1 + 1e-6)).all()
        assert found.hidden_share(name) == pytest.approx(1 - kept.mean(), abs=1e-6)
    assert found.hidden_share("gradient") == 0.0


def test_each_text_is_read_once_in_its_own_place(classifier):
    parts = list(read_words(classifier, TEXTS, ("cls",)))
    assert sorted(place for part in parts for place in part.places) == list(range(len(TEXTS)))
    found = join_readings(parts, classifier.classes)
    for number, text in enumerate(TEXTS):
        words = [found.words[word] for word in found.word_ids[found.starts[number] : found.starts[number + 1]]]
        assert words == split_words(text)


def test_texts_beyond_one_chunk_are_read_too(bert_base):
    texts = ["quiet", "we felt keen"] * (CHUNK // 2 + 3)
    found = read(random_bert(bert_base), texts, ("cls",))
    np.testing.assert_array_equal(np.diff(found.starts), [1, 3] * (CHUNK // 2 + 3))


def test_reading_leaves_the_model_as_it_was(classifier):
    before = {name: tensor.clone() for name, tensor in classifier.model.state_dict().items()}
    hooks = [len(module._forward_hooks) for module in classifier.model.modules()]
    read(classifier, measures=tuple(MEASURES))
    assert all(torch.equal(tensor, before[name]) for name, tensor in classifier.model.state_dict().items())
    assert all(parameter.grad is None for parameter in classifier.model.parameters())
    assert hooks == [len(module._forward_hooks) for module in classifier.model.modules()]


def test_integrated_gradients_add_up_to_what_the_words_changed(classifier):
    text = TEXTS[3]
    found = read(classifier, [text], ("integrated",))
    words = split_words(text)
    ends = []
    for said in (words, ["[MASK]"] * len(words)):
        encoding = classifier.encode(said)
        ends.append(classifier.model(encoding.token_ids, encoding.mask)[0])
    encoding = classifier.encode(words)
    own = torch.tensor([word is not None for word in encoding.word_of])[None]
    mask_id = classifier.encoder.tokenizer.token_to_id("[MASK]")
    masked = classifier.model(encoding.token_ids.masked_fill(own, mask_id), encoding.mask)[0]
    target = int(ends[0].argmax())
    assert found.values["integrated"].sum() == pytest.approx(float(ends[0][target] - masked[target]), abs=0.05)


def test_words_beyond_what_the_model_reads_are_counted(bert_base):
    found = read(random_bert(bert_base), ["keen " * 100, "quiet"], ("cls",))
    assert found.n_left_out == 100 - (len(found.word_ids) - 1)
    assert found.n_left_out > 0


def test_no_text_gives_no_part(bert_base):
    assert list(read_words(random_bert(bert_base), [])) == []


@pytest.mark.parametrize("most", [1, 25, 30, 1_000])
def test_batches_hold_each_text_once_and_no_more_tokens_than_asked(most):
    lengths = [5, 1, 9, 3, 3, 7, 2]
    batches = list(cut_by_length(lengths, most))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= most for batch in batches)
    for batch, following in pairwise(batches):
        assert (len(batch) + 1) * lengths[following[0]] > most, "a batch takes every text that fits"


def test_an_unknown_measure_is_refused_with_those_there_are(bert_base):
    with pytest.raises(InvalidConfigError, match="cls, received, rollout, gradient, integrated, got 'smell'"):
        next(read_words(random_bert(bert_base), TEXTS, ("smell",)))


@pytest.mark.usefixtures("text_runs")
def test_a_model_without_attention_is_refused():
    with pytest.raises(InvalidInputError, match="no attention heads"):
        next(read_words(load_classifier(find_run("text-embedding")), TEXTS))


def test_damaged_weights_show(bert_base):
    classifier = random_bert(bert_base)
    classifier.model.network.bert.encoder.layer[1].attention.self.query.weight.fill_(float("nan"))
    with pytest.raises(CheckpointError, match="does not sum to one"):
        next(read_words(classifier, TEXTS))


@pytest.fixture(scope="module")
def taught(bert_base):
    """A tiny BERT that has learned which word belongs to which class, and sentences it has not seen."""
    classifier = random_bert(bert_base, heads=4)
    model = classifier.model.requires_grad_(True)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    generator = np.random.default_rng(0)
    for _ in range(STEPS):
        sentences, labels = draw_sentences(generator, 48, (*FILLERS, "[MASK]", "[MASK]"))
        encodings = [classifier.encode(words) for words in sentences]  # all of one length
        token_ids, mask = (torch.cat([getattr(e, name) for e in encodings]) for name in ("token_ids", "mask"))
        loss = torch.nn.functional.cross_entropy(model(token_ids, mask), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.requires_grad_(False)
    sentences, labels = draw_sentences(generator, 300)
    return classifier, [" ".join(words) for words in sentences], np.array(labels)


def draw_sentences(generator, n, fillers=FILLERS):
    """Six fillers and the planted word of the class, in any order."""
    labels = [number % len(PLANTED) for number in range(n)]
    sentences = [generator.permutation([*generator.choice(fillers, 6), PLANTED[label]]).tolist() for label in labels]
    return sentences, labels


@pytest.mark.parametrize(("method", "measure"), [
    *(("contrast", measure) for measure in ("cls", "received", "rollout")),
    ("integrated-gradients", "integrated"),
    ("log-odds", "cls"),
])  # fmt: skip
def test_the_word_that_a_model_learned_for_one_class_ranks_first_there_and_nowhere_else(taught, method, measure):
    classifier, texts, labels = taught
    n = 90 if measure == "integrated" else len(texts)
    found = join_readings(list(read_words(classifier, texts[:n], ("cls", measure))), classifier.classes, labels[:n])
    assert (found.predictions == labels[:n]).mean() > 0.9
    table = build_table(found, method, TokenOptions(measure=measure))
    for own, word in enumerate(PLANTED):
        assert table.rank_of(word, own) == 1
        scores = table.scores[table.place_of(word)]
        assert all(score < 0 for target, score in enumerate(scores) if target != own)


def test_masking_the_words_that_matter_does_more_than_masking_random_ones(taught):
    classifier, texts, labels = taught
    found = join_readings(list(read_words(classifier, texts)), classifier.classes, labels)
    matter = dict(zip(classifier.classes, ([word] for word in PLANTED), strict=True))
    idle = dict.fromkeys(classifier.classes, ("the",))
    for tops, expected in ((matter, True), (idle, False)):
        masked = [one for some in mask_top_words(classifier, texts, found, tops) for one in some]
        for check in sum_up(masked, tops).values():
            assert (check.low > 0) == expected
            assert check.low <= check.difference <= check.high
            assert check.n <= 300


def test_masking_does_not_hang_on_the_order_of_the_texts(taught):
    classifier, texts, _ = taught
    tops = dict(zip(classifier.classes, ([word] for word in PLANTED), strict=True))
    checks = []
    for some in (texts[:60], texts[:60][::-1]):
        found = join_readings(list(read_words(classifier, some)), classifier.classes)
        checks.append(sum_up([one for part in mask_top_words(classifier, some, found, tops) for one in part], tops))
    for name, check in checks[0].items():
        assert vars(check) == pytest.approx(vars(checks[1][name]), abs=1e-5)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_texts(bert_base):
    """All attention of the 1,500 sentences would be 92 MB."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(bert_base)],
        cwd=Path(__file__).resolve().parents[4], capture_output=True, text=True, check=True,
    )  # fmt: skip
    _, few, many = (int(line) // KILOBYTE for line in done.stdout.split())
    assert many - few < 20_000  # kilobytes; 1,300 more sentences of 60 words need 940 for two numbers and an id a word
