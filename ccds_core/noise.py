"""What is known to be wrong with the emotion data: counted once, shipped beside the runs, said in a few sentences."""

import json
from dataclasses import asdict
from pathlib import Path

from ccds_core.data.text_rows import Noise
from ccds_core.runtime import checkpoints_dir
from ccds_core.storage import parse_json, read_text

FILE = "emotion_noise.json"  # in the checkpoints folder


def save_noise(noise: Noise) -> Path:
    """Write the counts beside the shipped runs."""
    path = checkpoints_dir() / FILE
    path.write_text(json.dumps(asdict(noise), indent=1) + "\n")
    return path


def load_noise() -> Noise | None:
    """The shipped counts, or None where there are none."""
    path = checkpoints_dir() / FILE
    return parse_json(Noise, read_text(path), FILE) if path.is_file() else None


def noise_sentences(noise: Noise) -> list[str]:
    """The counts in words, the gravest first."""
    total = sum(sum(classes.values()) for classes in noise.counts.values())
    said = [f"{noise.two_labels:,} of the {total:,} texts stand there with two labels."]
    for pair, count in noise.shared.items():
        if count:
            disagreeing = noise.shared_disagreeing[pair]
            all_or_some = "all of them" if disagreeing == count else f"{disagreeing} of them"
            said.append(f"{count} texts stand in both {pair}, {all_or_some} with different labels.")
    train = noise.counts["train"]
    rarest, commonest = min(train, key=train.__getitem__), max(train, key=train.__getitem__)
    whole = sum(train.values())
    said.append(
        f"{train[commonest] / whole:.1%} of the training texts are {commonest}, {train[rarest] / whole:.1%} {rarest}: "
        "whoever always says the first is right that often."
    )
    return said
