"""The encoder that a BERT run began with, before fine-tuning, ready to be looked into beside it."""

from dataclasses import replace

from ccds_core.classifier import TextClassifier
from ccds_core.errors import InvalidInputError, MissingDataError
from ccds_core.options import BertOptions


def load_untuned(classifier: TextClassifier) -> TextClassifier:
    """The same kind of classifier with the encoder's pretrained weights; its last layer is fresh, its answers chance.

    It is looked for in folders of this machine only: looking is no request to download.
    """
    from ccds_core.models.bert import find_local_base, load_base

    options = classifier.config.options
    if not isinstance(options, BertOptions):
        raise InvalidInputError(f"'{classifier.name}' was not made from a pretrained encoder.")
    if find_local_base(options.base) is None:
        raise MissingDataError(
            f"The pretrained encoder '{options.base}' is not here. Put its Hugging Face folder into models/, or set "
            "CCDS_MODELS_DIR, and it can be compared."
        )
    model = load_base(options, len(classifier.classes)).model
    model.eval().requires_grad_(False)
    return replace(classifier, name=f"{options.base}, not fine-tuned", model=model)
