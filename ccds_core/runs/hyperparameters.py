"""The hyperparameters in which runs differ, by the labels and the names of values that the pages use.

It stands alone: a run's config knows no table, and the tables of scores know no config.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import pandas as pd

from ccds_core.config.options import Wording, wordings_of
from ccds_core.runs.records import RunRecord

ABSENT = "–"  # for an option that a model does not have
# of the fields whose own wording is their help alone; for the others a field's name in words is its label
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "base": "Encoder",
        "clip_norm": "Maximum gradient norm (0: no clipping)",
        "eval_limit": "Validation and test examples (0: all)",
        "flip": "Augmentation: horizontal flip",
        "hidden": "GRU units",
        "limit": "Training examples (0: all)",
        "max_tokens": "Maximum length (tokens)",
        "min_count": "Minimum frequency",
        "name": "Data set",
        "patience": "Early stopping: patience (0: off)",
        "rate_changes": "Learning rate changes",
        "schedule": "Learning rate schedule",
        "shift": "Augmentation: shift (pixels)",
        "spread": "Embedding std at init",
        "step_epochs": "StepLR: epochs per step",
        "step_factor": "StepLR: factor",
        "table": "Embeddings",
        "twin_start": "Architecture 1's initial weights",
        "unknown_share": "Word dropout",
        "vector_size": "Embedding dimensions",
        "vectors": "Vectors file",
    }
)
NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "model": {
            "cnn": "CNN",
            "text-embedding": "GRU on embeddings",
            "bert": "BERT encoder",
            "one-word": "keyword baseline",
        },
        "optimizer": {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"},
        "schedule": {"step": "StepLR", "one-cycle": "1cycle"},
        "table": {
            "frozen": "Word2Vec, frozen",
            "fine-tuned": "Word2Vec, fine-tuned",
            "random": "random, Word2Vec's std",
        },
    }
)


def difference_table(records: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per hyperparameter in which at least two of the runs differ, one column per run."""
    flat = {record.name: _flatten(record) for record in records}
    labels = dict.fromkeys(label for options in flat.values() for label in options)
    rows = [{name: options.get(label, ABSENT) for name, options in flat.items()} for label in labels]
    differing = [
        {"hyperparameter": label} | row for label, row in zip(labels, rows, strict=True) if len(set(row.values())) > 1
    ]
    return pd.DataFrame(differing, columns=["hyperparameter", *flat])


def _flatten(record: RunRecord) -> dict[str, str]:
    """Label -> value, both as they are read."""
    config = record.card.config
    flat = {"Model": _write(config.model, NAMES["model"])}
    for part in (config.options, config.data, config.train):
        wordings = wordings_of(type(part))
        for name, value in asdict(part).items():
            flat[_label_of(name, wordings[name])] = _write(value, wordings[name].names or NAMES.get(name, {}))
    return flat


def _label_of(name: str, wording: Wording) -> str:
    return wording.label or LABELS.get(name) or name.replace("_", " ").capitalize()


def _write(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(f"×{factor:g} from step {step:,}" for step, factor in value) or ABSENT
    return names.get(value, str(value) or ABSENT)
