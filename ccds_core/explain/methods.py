"""IMAGE_METHODS and TEXT_METHODS: every attribution method, its colour, and which models it can explain.

A new method is one function and one line here; pages, command line, faithfulness and charts list what the tables list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from ccds_core.errors import InvalidInputError
from ccds_core.models.registry import MODELS, Capability

WINDOW = (8, 4)  # of occlusion: side and step in pixels
COPIES = 16  # of SmoothGrad
LACKS: Mapping[Capability, str] = MappingProxyType({"attention": "attention", "embeddings": "token embeddings"})


@dataclass(frozen=True)
class Method:
    """One attribution method."""

    label: str  # for people
    function: str  # "module:function" of this package; imported when first asked for, since it brings torch
    signed: bool  # True: above 0 supports the class, below 0 opposes it
    unit: str  # of its values
    colour: str  # of its lines and bars; methods of one label share it
    explanation: str  # one sentence
    needs: Capability | None = None  # what a model must have for the method

    @property
    def explain(self) -> Any:
        """Of images `(model, images, target)`, of texts `(question)` -> `Attribution`."""
        module, name = self.function.split(":")
        return getattr(import_module(f"ccds_core.explain.{module}"), name)


# colours: Okabe and Ito's for colour-blind viewers (2008), then two of Tol's (2021)
IMAGE_METHODS: Mapping[str, Method] = MappingProxyType({
    "saliency": Method("Saliency", "attribution:saliency", False, "size of the gradient", "#0072b2",
        "How strongly a small change of each pixel changes the logit, in either direction (Simonyan et al. 2014)."),
    "input-x-gradient": Method("Input × gradient", "attribution:gradient_times_input", True, "logits", "#e69f00",
        "The first-order effect of turning each pixel grey (Shrikumar et al. 2016)."),
    "integrated-gradients": Method("Integrated gradients", "image_methods:integrate", True, "logits", "#009e73",
        "Gradients along the path from a grey image to this one; they sum to the change of the logit "
        "(Sundararajan et al. 2017)."),
    "smooth-grad": Method("SmoothGrad", "image_methods:smooth", False, "size of the gradient", "#cc79a7",
        f"Saliency of the mean gradient of {COPIES} noisy copies (Smilkov et al. 2017)."),
    "occlusion": Method("Occlusion", "image_methods:occlude", True, "logits", "#56b4e9",
        f"The drop in the logit under a grey square of {WINDOW[0]} × {WINDOW[0]} pixels (Zeiler and Fergus 2014)."),
    "grad-cam": Method("Grad-CAM", "image_methods:explain_by_grad_cam", False, "weighted activation", "#d55e00",
        "The last feature map, its channels weighted by their gradient: coarse, and only what supports the class "
        "(Selvaraju et al. 2017)."),
})  # fmt: skip

TEXT_METHODS: Mapping[str, Method] = MappingProxyType({
    "leave-one-out": Method("Leave one out", "text_attribution:leave_out", True, "probability", "#0072b2",
        "The drop in the class probability when the word is left out of the sentence."),
    "occlusion": Method("Occlusion", "text_attribution:occlude_words", True, "probability", "#56b4e9",
        "The drop in the class probability when the word's embedding is replaced by the mask token's or by zeros; its "
        "position in the sentence stays.", "embeddings"),
    "gradient-x-input": Method("Gradient × input", "text_attribution:multiply_gradients", True, "logit", "#e69f00",
        "The word's embedding times the gradient of the class's logit: the effect of a small change, not of "
        "removing the word.", "embeddings"),
    "integrated-gradients": Method("Integrated gradients", "text_attribution:integrate", True, "logit", "#009e73",
        "The gradient of the class's logit, integrated along the path from no words (mask tokens, or zeros) to these; "
        "the bars sum to the change of the logit (Sundararajan et al. 2017).", "embeddings"),
    "received": Method("Attention received", "text_attribution:read_received", False, "fraction", "#cc79a7",
        "The mean of the word's column over all queries, heads and layers: the same for every class.", "attention"),
    "first-row": Method("[CLS] row", "text_attribution:read_first_row", False, "fraction", "#d55e00",
        "The attention of the first token in the last layer, mean over heads: the only row that the classifier "
        "uses, and the same for every class.", "attention"),
    "rollout": Method("Attention rollout", "text_attribution:read_rollout", False, "fraction", "#999933",
        "Attention multiplied through all layers (Abnar and Zuidema 2020): the same for every class.", "attention"),
    "relevance": Method("Gradient × attention", "text_attribution:read_relevance", False, "fraction", "#882255",
        "Attention times the gradient of the class's logit, the positive part, through all layers "
        "(Chefer et al. 2021).", "attention"),
})  # fmt: skip


def methods_of(family: str) -> tuple[str, ...]:
    """The methods that can explain text models of this family of `MODELS`, in the table's order."""
    capabilities = MODELS[family].capabilities
    return tuple(name for name, method in TEXT_METHODS.items() if method.needs is None or method.needs in capabilities)


def lacked_for(method: str) -> str:
    """What a model lacks if this method cannot explain it."""
    needs = TEXT_METHODS[method].needs
    return LACKS[needs] if needs else "words"


def find_method(name: str) -> Method:
    """The entry of `TEXT_METHODS`, or an error that names them all."""
    if name not in TEXT_METHODS:
        raise InvalidInputError(f"No method '{name}' for texts. There: {', '.join(TEXT_METHODS)}.")
    return TEXT_METHODS[name]
