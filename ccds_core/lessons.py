"""LESSONS: good and bad settings to train side by side in a minute, each with its question and its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ccds_core.config import DataConfig, RunConfig, TrainConfig, splits_of
from ccds_core.errors import InvalidConfigError
from ccds_core.options import CnnOptions

UPDATES = 100  # of every run of a lesson: the failures of section 3 of the workshop's Task 3 show within forty
EPOCHS = 2  # that they are spread over, so that there is an epoch to go back to
EVALUATED = 200  # validation and test examples: a lesson is about the loss while it trains
BATCH = 16  # small, so that two runs end within a minute on two cores

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


@dataclass(frozen=True)
class Entry:
    """One run of a lesson."""

    label: str  # in the legend, and in the run's name
    options: CnnOptions
    train: TrainConfig
    fails: bool = False  # a bad setting, shown for its failure


@dataclass(frozen=True)
class Lesson:
    """Two to five runs that differ in one thing, from the same first weights and in the same order of data."""

    title: str
    asks: str  # before
    reason: str  # after: why it happens
    entries: tuple[Entry, ...]
    watch: str = "loss"  # the quantity to open on, a key of `live_series.QUANTITIES`

    def configs(self, name: str, data_name: str, number: int) -> list[RunConfig]:
        """The lesson's runs, named after it, its entry and `number`, each of `UPDATES` updates of `data_name`."""
        return [
            RunConfig(
                f"{name}-{entry.label.replace(' ', '-').replace(',', '')}-{number}",
                options=entry.options,
                data=_enough(data_name, entry.train),
                train=entry.train,
            )
            for entry in self.entries
        ]


def find_lesson(name: str) -> Lesson:
    """The entry of `LESSONS`, or an error that names them all."""
    if name not in LESSONS:
        raise InvalidConfigError(f"No lesson '{name}'. There: {', '.join(LESSONS)}.")
    return LESSONS[name]


def _enough(data_name: str, train: TrainConfig) -> DataConfig:
    """As many examples as the lesson's updates take."""
    return DataConfig(data_name, splits_of(data_name)[0], UPDATES // EPOCHS * train.batch_size, EVALUATED)


LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        "plateau": Lesson(
            "A plateau, and the way out",
            "Sigmoid and SGD: which loss ends lowest?",
            "The sigmoid network starts washed out: every picture gives almost the same logits, so the gradient that "
            "reaches the convs is tiny, and SGD moves weights in proportion to it. Batch norm divides by the tiny "
            "spread between pictures and so scales both the signal and its gradient up.",
            (Entry("sigmoid", _SIGMOID, _SGD, fails=True), Entry("sigmoid with batch norm", _SIGMOID_NORM, _SGD)),
        ),
        "lottery": Lesson(
            "The same network with Adam: a lottery",
            "Sigmoid and Adam, three seeds: which loss ends lowest?",
            "Adam makes every weight's first step the same size, however small its gradient. All weights move "
            "together, the pre-activations run away, and within some forty updates most sigmoid units are saturated. "
            "Which seeds come back from there is chance: the report's 22 % was one ticket.",
            tuple(Entry(f"seed {seed}", _SIGMOID, replace(_ADAM, seed=seed), fails=True) for seed in (0, 1, 2)),
            watch="saturated",
        ),
        "xavier": Lesson(
            "Xavier that never ran",
            "Sigmoid and Adam, three ways to begin: which loss ends lowest?",
            "children() gives the two Sequentials and no Linear, so the loop touches 0 tensors and the run is the "
            "default one, value for value. The loop over modules() touches 6, and the signal is larger from the start.",
            (
                Entry("default", _SIGMOID, _ADAM, fails=True),
                Entry("as written", replace(_SIGMOID, initialisation="xavier-as-written"), _ADAM, fails=True),
                Entry("that runs", replace(_SIGMOID, initialisation="xavier"), _ADAM),
            ),
        ),
        "rate": Lesson(
            "A learning rate too high",
            "ReLU and SGD, two rates: which loss ends lowest?",
            "Each update overshoots: the weights, and with them the logits, grow until the loss is no longer a number. "
            "The run ends and says so; its updates stay to be looked at.",
            (
                Entry("rate 0.01", CnnOptions(), _SGD),
                Entry("rate 1", CnnOptions(), replace(_SGD, learning_rate=1.0), fails=True),
            ),
        ),
        "dead": Lesson(
            "Dead ReLU",
            "ReLU and Adam, two rates: which loss ends lowest?",
            "A large first step makes biases and weights so negative that a unit is at zero for every picture. Its "
            "gradient is then zero too, so it never comes back; with enough dead units the network answers every "
            "picture alike, and the loss stands at ln 10 = 2.303.",
            (
                Entry("rate 0.001", CnnOptions(), _ADAM),
                Entry("rate 0.03", CnnOptions(), replace(_ADAM, learning_rate=0.03), fails=True),
            ),
            watch="dead",
        ),
        "pair": Lesson(
            "Batch norm over two pictures",
            "Batch norm, two sizes of batch: which loss ends lowest?",
            "Of two numbers, batch norm keeps only which one is larger: every unit becomes +1 or -1. What a picture "
            "looks like hardly passes, and the averages kept for testing follow every wild pair.",
            (
                Entry("batches of 16", _SIGMOID_NORM, _SGD),
                Entry("batches of 2", _SIGMOID_NORM, replace(_SGD, batch_size=2), fails=True),
            ),
        ),
    }
)
