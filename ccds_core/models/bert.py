"""A pretrained encoder with a linear layer on top, by `transformers`, attention computed so that it can be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from huggingface_hub.errors import StrictDataclassError
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, PreTrainedConfig
from transformers.utils import logging
from transformers.utils.output_capturing import maybe_install_capturing_hooks

from ccds_core.config.options import BertOptions
from ccds_core.config.run_config import RunConfig
from ccds_core.data.datasets import load_text_rows
from ccds_core.data.text_batches import TextData
from ccds_core.data.wordpiece_tokenizer import TOKENIZER, read_tokenizer
from ccds_core.errors import CheckpointError, InvalidConfigError, InvalidInputError, MissingDataError
from ccds_core.models.classifier import TextClassifier
from ccds_core.models.registry import Fresh
from ccds_core.paths import models_dir

ENCODER = "encoder.json"  # the encoder's shape, in a run folder
MOST, MOST_LAYERS = 1_000_000, 200  # numbers of an encoder's shape; a large multilingual vocabulary has 256,000
ROW_TOLERANCE = 1e-4  # how far a row of attention may be from a sum of one
TYPES = "token_type_embeddings"  # the table that tells a second sentence from the first
FRESH = ("classifier", "pooler", "pre_classifier")  # layers that a pretrained encoder may lack: they are trained anew
DROPOUTS = ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout")
DROPOUTS_ELSEWHERE = ("dropout", "attention_dropout", "seq_classif_dropout")  # DistilBERT's names


@dataclass(frozen=True)
class Base:
    """A pretrained encoder with a fresh classification layer, and the texts that rebuild it."""

    model: "BertClassifier"
    files: Mapping[str, str]  # tokenizer.json and encoder.json


class BertClassifier(nn.Module):
    """Explanations need the word pieces' embeddings, so the network is cut there."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        # transformers' own recorders, idle until asked; put in now and not when first asked: a shared model stays put
        maybe_install_capturing_hooks(network.base_model)  # type: ignore[arg-type]

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """token_ids (B, T), mask (B, T) -> logits (B, n_classes)"""
        return self.forward_embedded(self.embed(token_ids), mask)

    def embed(self, token_ids: Tensor) -> Tensor:
        """(B, T) -> (B, T, D): the pieces' own vectors, before position and type are added."""
        embedded: Tensor = self.network.get_input_embeddings()(token_ids)  # type: ignore[operator]
        return embedded

    def embed_types(self, types: Tensor) -> Tensor:
        """(B, T), 1 = second sentence -> (B, T, D), to be added to `embed`; zeros where types are not told apart."""
        tables = [layer for name, layer in self.network.named_modules() if name.endswith(TYPES)]
        if not tables or not isinstance(tables[0], nn.Embedding) or tables[0].num_embeddings == 1:
            return torch.zeros(*types.shape, 1)
        weight = tables[0].weight
        return weight[types] - weight[0]  # the network itself adds the first row to every token

    def forward_embedded(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """(B, T, D), (B, T) -> (B, n_classes)"""
        logits: Tensor = self.network(inputs_embeds=embedded, attention_mask=mask.long()).logits
        return logits

    def attentions(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """(B, T), (B, T) -> (B, L, H, T, T): row = query, column = key; rows of real tokens sum to one."""
        return torch.stack(self.attend(self.embed(token_ids), mask)[1], dim=1)

    def attend(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """(B, T, D), (B, T) -> logits (B, n_classes) and, of the same graph, each layer's attention (B, H, T, T)."""
        answer = self.network(inputs_embeds=embedded, attention_mask=mask.long(), output_attentions=True)
        if not answer.attentions:
            raise CheckpointError("This encoder does not return its attention.")
        for attention in answer.attentions:
            rows = attention.detach().sum(dim=-1)[mask[:, None, :].expand(attention.shape[:-1])]
            if not torch.allclose(rows, torch.ones_like(rows), atol=ROW_TOLERANCE):
                raise CheckpointError("The attention of this encoder does not sum to one: its weights are damaged.")
        return answer.logits, answer.attentions


def build_bert(encoder: str, n_classes: int, dropout: float) -> BertClassifier:
    """A fresh network of the shape that `encoder` (the text of encoder.json) says."""
    shape = _read_shape(encoder)
    _set_heads(shape, n_classes, dropout)
    try:
        network = AutoModelForSequenceClassification.from_config(
            shape, attn_implementation="eager", trust_remote_code=False
        )
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, AssertionError) as error:
        raise _no_shape(error) from None  # numbers that do not go together
    return BertClassifier(network)


def load_base(options: BertOptions, n_classes: int) -> Base:
    """The pretrained encoder that `options.base` names. It may lack the last layers, and nothing else."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    source = _find_base(options.base)
    try:
        shape = AutoConfig.from_pretrained(source, trust_remote_code=False)
        tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True, trust_remote_code=False)
        _set_heads(shape, n_classes, options.dropout)
        network, report = AutoModelForSequenceClassification.from_pretrained(
            source, config=shape, attn_implementation="eager", use_safetensors=True, output_loading_info=True,
            dtype=torch.float32, ignore_mismatched_sizes=False, trust_remote_code=False,
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001  # the library raises nothing narrower
        reason = " ".join(str(error).split())[:200]
        if "custom code" in reason:
            reason = "it comes with Python code of its own, and such code is never run."
        raise MissingDataError(f"'{options.base}' cannot be loaded as a pretrained encoder: {reason}") from None
    missing = [name for name in report["missing_keys"] if not any(part in name.split(".") for part in FRESH)]
    if missing:
        raise CheckpointError(f"'{options.base}' lacks weights of the encoder: {', '.join(sorted(missing)[:3])}.")
    if options.max_tokens > getattr(shape, "max_position_embeddings", options.max_tokens):
        raise InvalidConfigError(f"'{options.base}' reads at most {shape.max_position_embeddings} tokens.")
    if not tokenizer.is_fast or len(tokenizer) <= len(tokenizer.all_special_tokens):  # transformers makes an empty one
        raise MissingDataError(
            f"'{options.base}' has no {TOKENIZER} with word pieces. Put it into the encoder's folder."
        )
    files = {TOKENIZER: tokenizer.backend_tokenizer.to_str() + "\n", ENCODER: _shape_to_json(shape)}
    return Base(BertClassifier(network), files)


def build(options: BertOptions, n_classes: int, files: Mapping[str, str]) -> BertClassifier:
    """A fresh network of the shape that the run's encoder.json says."""
    return build_bert(files[ENCODER], n_classes, options.dropout)


def prepare(config: RunConfig) -> Fresh:
    """Texts and a pretrained encoder with a fresh last layer."""
    assert isinstance(config.options, BertOptions)
    rows = load_text_rows(config.data)
    torch.manual_seed(config.train.seed)  # the last layer is drawn
    base = load_base(config.options, len(rows.classes))
    encoder = read_tokenizer(base.files[TOKENIZER], config.options.max_tokens, config.name)
    return Fresh(TextData(rows, encoder), base.model, base.files)


def find_local_base(name: str) -> str | None:
    """A folder as it is, or a name under the models folder; None where neither holds an encoder."""
    folders = (Path(name), models_dir() / name)
    return next((str(folder) for folder in folders if (folder / "config.json").is_file()), None)


def find_bert(classifier: TextClassifier) -> BertClassifier:
    """The classifier's network, or an error if it is none with attention."""
    if not isinstance(classifier.model, BertClassifier):
        raise InvalidInputError(f"'{classifier.name}' has no attention heads. Choose a run of the family 'bert'.")
    return classifier.model


def load_untuned(classifier: TextClassifier) -> TextClassifier:
    """The same kind of classifier with the encoder's pretrained weights; its last layer is fresh, its answers chance.

    It is looked for in folders of this machine only: looking is no request to download.
    """
    options = classifier.config.options
    if not isinstance(options, BertOptions):
        raise InvalidInputError(f"'{classifier.name}' was not made from a pretrained encoder.")
    if find_local_base(options.base) is None:
        raise MissingDataError(
            f"The pretrained encoder '{options.base}' was not found. To compare with it, put its Hugging Face folder "
            "into models/, or set CCDS_MODELS_DIR."
        )
    model = load_base(options, len(classifier.classes)).model
    model.eval().requires_grad_(False)
    return replace(classifier, name=f"{options.base}, not fine-tuned", model=model)


def _find_base(name: str) -> str:
    """What is here, or OWNER/NAME of the hub, which the user then asked for."""
    if local := find_local_base(name):
        return local
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return name
    raise MissingDataError(
        f"No pretrained encoder '{name}' in {models_dir().name}/ (set CCDS_MODELS_DIR to look elsewhere). Put its "
        "Hugging Face folder there, or give --base the path of such a folder, or a name with its owner, for instance "
        "sentence-transformers/all-MiniLM-L6-v2, to download it."
    )


def _read_shape(text: str) -> PreTrainedConfig:
    try:
        entries = json.loads(text)
        wild = [key for key, value in entries.items() if isinstance(value, int) and abs(value) > MOST]
        if wild or entries.get("num_hidden_layers", 1) > MOST_LAYERS:
            raise ValueError(f"{', '.join(wild) or 'num_hidden_layers'} is too large")
        return AutoConfig.for_model(**entries)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, StrictDataclassError) as error:
        raise _no_shape(error) from None


def _no_shape(error: Exception) -> CheckpointError:
    reason = " ".join(str(error).split())[:120].rstrip(".")
    return CheckpointError(f"{ENCODER} is not the config of an encoder: {reason}.")


def _shape_to_json(shape: PreTrainedConfig) -> str:
    """The config as JSON, without the folder or name it came from."""
    entries = shape.to_diff_dict() | {"model_type": shape.model_type}
    dropped = ("_name_or_path", "transformers_version", "architectures", "dtype", "torch_dtype")
    return json.dumps({key: value for key, value in entries.items() if key not in dropped}, indent=1) + "\n"


def _set_heads(shape: PreTrainedConfig, n_classes: int, dropout: float) -> None:
    shape.num_labels = n_classes
    for name in (*DROPOUTS, *DROPOUTS_ELSEWHERE):
        if hasattr(shape, name):
            setattr(shape, name, dropout)
