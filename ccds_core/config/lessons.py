"""LESSONS: guided experiments, each of a good and a bad setting trained side by side in about a minute."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from types import MappingProxyType
from typing import Literal

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig, splits_of

STEPS = 100  # of every run of a lesson: the failures in section 3 of the workshop's Task 3 show within forty
EPOCHS = 2  # that the steps are spread over, so that the visitor can rewind to the first
EVALUATED = 200  # validation and test examples: a lesson is about the training loss
BATCH = 16  # small, so that two runs end within a minute on two cores
SEEDS_APART = 3  # between two repetitions: as many as the seeds that one lesson compares
ALIKE, DIFFERENT = "all alike", "no two"

_SIGMOID = CnnOptions(activation="sigmoid")
_SIGMOID_NORM = replace(_SIGMOID, linear_batch_norm=True)
_SGD = TrainConfig(
    epochs=EPOCHS,
    batch_size=BATCH,
    optimizer="sgd",
    learning_rate=0.01,
    schedule="constant",
    precision="float32",
    twin_start=True,
)
_ADAM = replace(_SGD, optimizer="adam", learning_rate=1e-3)
_SLOW_ADAM = replace(_ADAM, learning_rate=1e-4)
GOOD_RATE = 3e-4


@dataclass(frozen=True)
class Entry:
    """One run of a lesson."""

    label: str  # in the legend, and in the run's name
    options: CnnOptions
    train: TrainConfig
    fails: bool = False  # a bad setting, shown for its failure


@dataclass(frozen=True)
class Lesson:
    """Two to five runs that differ in one setting, with the same order of the data."""

    title: str
    question: str
    reason: str  # why it happens
    entries: tuple[Entry, ...]
    shows: str  # the one of `answers` that the runs are to give
    watch: str = "loss"  # the quantity to look at, a key of `jobs.series.QUANTITIES`
    asks: Literal["lowest", "same"] = "lowest"  # which run ends with the lowest loss, or which two are the same run

    @property
    def answers(self) -> tuple[str, ...]:
        """What can be predicted: a run, or two, or neither."""
        labels = [entry.label for entry in self.entries]
        if self.asks == "lowest":
            return (*labels, ALIKE)
        return (*(pair(first, second) for first, second in combinations(labels, 2)), DIFFERENT)

    def configs(self, name: str, data_name: str, ending: str, repetition: int = 0) -> list[RunConfig]:
        """The lesson's runs, named after it, its entry and `ending`, each of `STEPS` steps on `data_name`.

        Each repetition has other seeds.
        """
        return [
            RunConfig(
                f"{name}-{entry.label.replace(' ', '-').replace(',', '')}-{ending}".rstrip("-"),
                options=entry.options,
                data=_enough(data_name, entry.train),
                train=replace(entry.train, seed=entry.train.seed + SEEDS_APART * repetition),
            )
            for entry in self.entries
        ]


def pair(first: str, second: str) -> str:
    """The answer that two runs are the same one."""
    return f"{first} = {second}"


def _enough(data_name: str, train: TrainConfig) -> DataConfig:
    """As many examples as the lesson's steps use."""
    return DataConfig(data_name, splits_of(data_name)[0], STEPS // EPOCHS * train.batch_size, EVALUATED)


def _rate_label(rate: float) -> str:
    """Without an exponent, whose sign would be one more hyphen in a run's name."""
    return f"learning rate {rate:.6f}".rstrip("0")


LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        "plateau": Lesson(
            "Sigmoid, with and without batch norm",
            "Which run ends with the lowest loss?",
            "The sigmoid network starts with a collapsed signal: every image gives almost the same logits. The "
            "gradient in the conv layers is tiny, and an SGD step is proportional to it. Batch norm divides by the "
            "small std across images, which scales up both the activations and the gradient.",
            (Entry("sigmoid", _SIGMOID, _SGD, fails=True), Entry("sigmoid with batch norm", _SIGMOID_NORM, _SGD)),
            shows="sigmoid with batch norm",
        ),
        "seeds": Lesson(
            "Sigmoid + Adam: three seeds",
            "Which seed ends with the lowest loss?",
            "Adam's first step has the same size for every weight, however small its gradient. The pre-activations "
            "grow quickly, and within about 40 steps most sigmoid units are saturated: for every seed. In a whole "
            "training some seeds recover after thousands of steps and others never do; Compare shows three of them.",
            tuple(Entry(f"seed {seed}", _SIGMOID, replace(_ADAM, seed=seed), fails=True) for seed in (0, 1, 2)),
            shows=ALIKE,
            watch="saturated",
        ),
        "xavier": Lesson(
            "Xavier initialization, with a bug and fixed",
            "Which two runs are the same, step for step?",
            "The report's loop over children() gets the two Sequential containers and no Linear layer: it redraws 0 "
            "tensors, and the run equals the default one to the last bit. The loop over modules() redraws 6 tensors.",
            (
                Entry("default", CnnOptions(), _SLOW_ADAM),
                Entry("with the bug", CnnOptions(initialisation="xavier-as-written"), _SLOW_ADAM, fails=True),
                Entry("fixed", CnnOptions(initialisation="xavier"), _SLOW_ADAM),
            ),
            shows=pair("default", "with the bug"),
            asks="same",
        ),
        "rate": Lesson(
            "Three learning rates",
            "Which run ends with the lowest loss?",
            "Too low: the weights hardly move in 100 steps, and the loss stays at chance. Too high: each step "
            "overshoots, the logits grow and the loss explodes within a few steps; the network that is left gives "
            "every image the same prediction. In between it learns.",
            tuple(
                Entry(_rate_label(rate), CnnOptions(), replace(_ADAM, learning_rate=rate), fails=rate != GOOD_RATE)
                for rate in (0.00001, GOOD_RATE, 0.3)
            ),
            shows=_rate_label(GOOD_RATE),
        ),
        "dead": Lesson(
            "Dead ReLUs",
            "Which run ends with the lowest loss?",
            "A large first step makes biases and weights so negative that a unit outputs zero for every image. Its "
            "gradient is then zero, too, so it never recovers. With enough dead units the network gives every image "
            "the same prediction, and the loss stays at chance, ln 10 = 2.303.",
            (
                Entry(_rate_label(GOOD_RATE), CnnOptions(), replace(_ADAM, learning_rate=GOOD_RATE)),
                Entry(_rate_label(0.03), CnnOptions(), replace(_ADAM, learning_rate=0.03), fails=True),
            ),
            shows=_rate_label(GOOD_RATE),
            watch="dead",
        ),
        "pair": Lesson(
            "Batch norm, two batch sizes",
            "Which run ends with the lowest loss?",
            "Batch norm maps two values to +1 and -1: only which one is larger is kept, and most information about the "
            "image is lost. The running averages that are used for testing are noisy as well.",
            (
                Entry("batch size 16", _SIGMOID_NORM, _SGD),
                Entry("batch size 2", _SIGMOID_NORM, replace(_SGD, batch_size=2), fails=True),
            ),
            shows="batch size 16",
        ),
    }
)
