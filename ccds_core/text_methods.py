"""TEXT_METHODS: every measure of what the words of a sentence did, what it can say, and which models can do it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ccds_core.errors import InvalidInputError
from ccds_core.models.registry import MODELS

Unit = Literal["probability", "logit", "share"]
ASKED = tuple(name for name, family in MODELS.items() if family.task == "text")  # every model can be asked again
EMBEDDED = ("text-embedding", "bert")  # those with a table of vectors between the words and the answer
ATTENDING = ("bert",)


@dataclass(frozen=True)
class TextMethod:
    """One number per word, and what it can and cannot say."""

    label: str  # for people
    signed: bool  # True: above 0 speaks for the class, below 0 against it
    unit: Unit  # of the class's probability or logit; a share of what goes to words
    families: tuple[str, ...]  # of `MODELS`, those that can do it
    explanation: str  # one sentence


TEXT_METHODS: Mapping[str, TextMethod] = MappingProxyType({
    "leave-one-out": TextMethod("Leave one out", True, "probability", ASKED,
        "What the class's probability loses when the word is taken out of the sentence."),
    "occlusion": TextMethod("Occlusion", True, "probability", EMBEDDED,
        "What the class's probability loses when the word's vector is replaced, by the mask token's or by zeros; its "
        "place in the sentence stays."),
    "gradient-x-input": TextMethod("Gradient × input", True, "logit", EMBEDDED,
        "The word's vector times the slope of the class's logit: what a small step would do, not what taking it away "
        "does."),
    "integrated-gradients": TextMethod("Integrated gradients", True, "logit", EMBEDDED,
        "The slope of the class's logit gathered on the way from no words (mask tokens, or zeros) to these; the bars "
        "add up to what the logit gained (Sundararajan et al. 2017)."),
    "received": TextMethod("Attention received", False, "share", ATTENDING,
        "The mean of the word's column over all queries, heads and layers: the same for every class."),
    "first-row": TextMethod("[CLS] row", False, "share", ATTENDING,
        "What the first token reads in the last layer, mean over heads: the only row that the classifier can "
        "see, and the same for every class."),
    "rollout": TextMethod("Attention rollout", False, "share", ATTENDING,
        "Attention followed back through all layers (Abnar and Zuidema 2020): the same for every class."),
    "relevance": TextMethod("Gradient × attention", False, "share", ATTENDING,
        "Attention times the slope of the class's logit, what is above zero, through all layers (Chefer et al. 2021)."),
})  # fmt: skip


def methods_of(family: str) -> tuple[str, ...]:
    """The methods that models of this family of `MODELS` can do, in the table's order."""
    return tuple(name for name, method in TEXT_METHODS.items() if family in method.families)


def needed_by(method: str) -> str:
    """What a model lacks that cannot do it."""
    return "attention" if TEXT_METHODS[method].families == ATTENDING else "vectors between its words and its answer"


def find_method(name: str) -> TextMethod:
    """The entry of `TEXT_METHODS`, or an error that names them all."""
    if name not in TEXT_METHODS:
        raise InvalidInputError(f"No method '{name}' for texts. There: {', '.join(TEXT_METHODS)}.")
    return TEXT_METHODS[name]
