"""One sentence, one rule: integrated gradients are the same on Emotions, Attention, Top tokens and the command line."""

import json

import numpy as np
import pytest

from ccds_core.cli.main import main
from ccds_core.data.examples import EXAMPLE_SENTENCES
from ccds_core.data.normalize import split_words
from ccds_core.runs.records import find_run

MODEL = "bert-emotion"
TEXTS = [EXAMPLE_SENTENCES[name] for name in ("lights out", "by the sea", "not happy", "two feelings", "overwhelmed")]


@pytest.mark.usefixtures("shipped_shelf")
@pytest.mark.parametrize("text", TEXTS)
def test_the_same_sentence_gives_the_same_integrated_gradients_everywhere(text, monkeypatch, capsys):
    from ccds_core.explain.attention import sum_pieces
    from ccds_core.explain.top_tokens.corpus_pass import read_words
    from pages.ui.attention.loaders import attend
    from pages.ui.shared.loaders import load_classifier
    from pages.ui.shared.text_loaders import explain_words

    record, words = find_run(MODEL), tuple(split_words(text))
    attended = attend((words,), record)
    on_attention = sum_pieces(attended.attributions[-1].values, attended.attention.word_of)[1:-1]
    on_emotions = explain_words(words, record, attended.target, "integrated-gradients").attribution.values
    (part,) = read_words(load_classifier(record), [text], ("integrated",))
    monkeypatch.setattr("sys.argv", ["ccds", "explain", text, "--model", MODEL, "--json"])
    with pytest.raises(SystemExit):
        main()
    on_command_line = json.loads(capsys.readouterr().out)["values"]
    np.testing.assert_allclose(on_emotions, on_attention, atol=1e-9)
    np.testing.assert_allclose(on_emotions, on_command_line, atol=1e-9)
    np.testing.assert_allclose(on_emotions, part.values["integrated"], atol=1e-6)  # kept in single precision
