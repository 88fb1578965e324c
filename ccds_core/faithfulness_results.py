"""How true each measure of a run is on many rows of its data: computed whole, shipped as figures, read with checks."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ccds_core.checkpoints import load_classifier
from ccds_core.checks import STRICT_JSON
from ccds_core.classifier import Classifier, ImageClassifier, TextClassifier
from ccds_core.data.batches import TaskData
from ccds_core.data.catalog import NORMALISATION, ImageData, load_image_data, load_text_rows
from ccds_core.data.words import split_words
from ccds_core.errors import CheckpointError, InvalidInputError
from ccds_core.faithfulness import RANDOM, AskKept, Gain, MeanGain, erase, gain, mean_gain
from ccds_core.image_explanations import IMAGE_METHODS
from ccds_core.run_folders import RunRecord, find_run
from ccds_core.runtime import checkpoints_dir
from ccds_core.storage import parse_json, read_text, write_atomically

FORMAT = 1  # raised when the numbers of today would not be those of then
ROWS = 500
N_RANDOM = 2  # random orders a row: many rows make up for few
SEED = 0  # of the rows and of the random orders
