"""Label noise of a text data set: doubtful rows counted, shipped as counts, and described in sentences."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ccds_core.data.splits import PARTS
from ccds_core.data.text_dataset import TextRows
from ccds_core.paths import checkpoints_dir
from ccds_core.results import percent
from ccds_core.storage import load_record, save_record
from ccds_core.validation import STRICT_JSON, raise_faults

FILE = "emotion_noise.json"  # in the checkpoints folder


@dataclass(frozen=True)
class LabelNoise:
    """Counts of what is doubtful in a data set, and how it is spread over the classes."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT_JSON
    source: str
    counts: dict[str, dict[str, int]]  # part -> class -> rows
    two_labels: int  # different texts that stand there with two labels or more
    repeated: int  # different texts that stand in the training part twice or more
    shared: dict[str, int]  # "train and test" -> different texts that stand in both
    shared_disagreeing: dict[str, int]  # of those, how many carry different labels there

    def __post_init__(self) -> None:
        """The counts can be described, also where they were read from a file."""
        faults = [] if self.shared.keys() == self.shared_disagreeing.keys() else ["shared needs the same pairs twice"]
        if not sum(self.counts.get("train", {}).values()):
            faults.append("counts needs the classes of the training part")
        raise_faults(faults)


def count_label_noise(rows: TextRows) -> LabelNoise:
    """What is doubtful in a data set, counted over different texts."""
    names = {part: [rows.classes[label] for label in rows.labels[rows.split.part(part)]] for part in PARTS}
    labels_in: dict[str, dict[str, set[str]]] = {part: defaultdict(set) for part in PARTS}
    for part in PARTS:
        for row, label in zip(rows.split.part(part), names[part], strict=True):
            labels_in[part][rows.texts[row]].add(label)
    shared, disagreeing = {}, {}
    for one, other in (("train", "val"), ("train", "test"), ("val", "test")):
        both = labels_in[one].keys() & labels_in[other].keys()
        shared[f"{one} and {other}"] = len(both)
        disagreeing[f"{one} and {other}"] = sum(labels_in[one][text] != labels_in[other][text] for text in both)
    every = {text for part in PARTS for text in labels_in[part]}
    return LabelNoise(
        source=rows.source,
        counts={part: {name: names[part].count(name) for name in rows.classes} for part in PARTS},
        two_labels=sum(len(set().union(*(labels_in[part].get(text, set()) for part in PARTS))) > 1 for text in every),
        repeated=sum(count > 1 for count in Counter(rows.texts[row] for row in rows.split.train).values()),
        shared=shared,
        shared_disagreeing=disagreeing,
    )


def save_label_noise(noise: LabelNoise) -> Path:
    """Write the counts beside the shipped runs."""
    return save_record(checkpoints_dir() / FILE, noise)


def load_label_noise() -> LabelNoise | None:
    """The shipped counts, or None where there are none."""
    noise: LabelNoise | None = load_record(LabelNoise, checkpoints_dir() / FILE)
    return noise


def noise_sentences(noise: LabelNoise) -> list[str]:
    """The counts in words, the most serious first."""
    total = sum(sum(classes.values()) for classes in noise.counts.values())
    sentences = [f"{noise.two_labels:,} of the {total:,} texts have two labels."]
    for pair, count in noise.shared.items():
        if count:
            disagreeing = noise.shared_disagreeing[pair]
            all_or_some = "all" if disagreeing == count else str(disagreeing)
            texts = "1 text is" if count == 1 else f"{count} texts are"
            sentences.append(f"{texts} in both {pair}, {all_or_some} with different labels.")
    train = noise.counts["train"]
    rarest, commonest = min(train, key=train.__getitem__), max(train, key=train.__getitem__)
    whole = sum(train.values())
    most, least = (percent(train[name] / whole, 1) for name in (commonest, rarest))
    sentences.append(
        f"{most} of the training texts are {commonest}, {least} {rarest}: "
        f"always predicting {commonest} is right that often."
    )
    return sentences
