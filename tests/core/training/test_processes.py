"""The same run spread over two processes on this machine gives the losses of one process with the same batches."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ccds_core.config.options import CnnOptions
from ccds_core.config.run_config import DataConfig, RunConfig, TrainConfig, config_to_json
from ccds_core.results import EpochMetrics
from ccds_core.runs import execute
from ccds_core.runs.records import find_run

ROOT = Path(__file__).resolve().parents[3]
CONFIG = RunConfig(
    "spread",
    data=DataConfig("digits", "seeded", limit=70),  # the last batch of an epoch is smaller, and uneven
    train=TrainConfig(epochs=2, batch_size=31, precision="float32", clip_norm=1.0, weight_decay=0.01),
)
NORMED = replace(CONFIG, name="normed", options=CnnOptions(linear_batch_norm=True, conv_batch_norm=True))
SCRIPT = """
import json, os, sys
from ccds_core.models import cnn_layers
from ccds_core.runs import execute
from ccds_core.config.run_config import read_config
from ccds_core.results import EpochMetrics

cnn_layers.STAGES, cnn_layers.HIDDEN = ((4, 8), (8, 8), (8, 8)), (32, 16)
rows = {}
for config in map(read_config, sys.argv[2:]):
    told = [m for m in execute.run(config) if isinstance(m, EpochMetrics)]
    rows[config.name] = [[m.train_loss, m.val_loss, m.val_accuracy] for m in told]
with open(sys.argv[1] + os.environ["RANK"], "w") as file:
    json.dump(rows, file)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("runs_folder", "checkpoints_folder", "small_cnn"),
]


def spread_over_two(configs, folder):
    """What each process tells of each run: train loss, validation loss and accuracy by epoch."""
    (folder / "train_small.py").write_text(SCRIPT)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run(
        [*launch, folder / "train_small.py", folder / "told-", *map(config_to_json, configs)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    return [json.loads((folder / f"told-{rank}").read_text()) for rank in (0, 1)]


def test_two_processes_tell_the_same_and_give_the_losses_of_one(tmp_path):
    first, second = spread_over_two([CONFIG, NORMED], tmp_path)
    assert list(first) == ["spread", "normed"]
    for name, told in first.items():
        assert told == [pytest.approx(epoch, rel=1e-7) for epoch in second[name]], name
    alone = [m for m in execute.run(replace(CONFIG, name="alone")) if isinstance(m, EpochMetrics)]
    for told, epoch in zip(first["spread"], alone, strict=True):
        assert told == pytest.approx([epoch.train_loss, epoch.val_loss, epoch.val_accuracy], rel=1e-4)
    spread = find_run("spread")
    assert spread.status == "finished"
    for one, other in zip(spread.metrics.history, find_run("alone").metrics.history, strict=True):
        assert one.step_losses == pytest.approx(other.step_losses, abs=2e-4)
