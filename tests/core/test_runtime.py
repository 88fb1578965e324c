"""Device, precision and threads of this machine; folders that environment variables can set."""

from pathlib import Path

import pytest
import torch

from ccds_core import paths, runtime

FOLDERS = {
    "CCDS_DATA_DIR": (paths.data_dir, "data"),
    "CCDS_RUNS_DIR": (paths.runs_dir, "runs"),
    "CCDS_CHECKPOINTS_DIR": (paths.checkpoints_dir, "checkpoints"),
    "CCDS_CACHE_DIR": (paths.cache_dir, ".cache"),
}


@pytest.mark.parametrize("variable", FOLDERS)
def test_a_folder_lies_beside_the_app_unless_it_is_set(monkeypatch, tmp_path, variable):
    folder, name = FOLDERS[variable]
    for unset in (None, ""):
        if unset is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, unset)
        assert folder() == Path(__file__).resolve().parents[2] / name
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder() == tmp_path


def test_a_device_is_one_that_torch_has_here():
    device = runtime.choose_device()
    assert device in ("cuda", "mps", "cpu")
    assert torch.zeros(1, device=device).item() == 0


def test_the_precision_is_measured_once_and_draws_nothing_from_chance():
    before = torch.get_rng_state()
    assert runtime.fastest_precision("cpu") in ("float32", "bfloat16")
    assert runtime.fastest_precision("cpu") == runtime.fastest_precision("cpu")
    assert runtime.fastest_precision("mps") == "float32"
    assert torch.equal(torch.get_rng_state(), before)


def test_denormal_numbers_are_rounded_to_zero():
    runtime.prepare_cpu()
    assert (torch.tensor([1e-40]) * 1.0).item() == 0.0


def test_the_fastest_of_several_calls_is_taken_after_warming_up(monkeypatch):
    ticks = iter([0.0, 5.0, 5.0, 7.0, 7.0, 10.0])
    monkeypatch.setattr(runtime.time, "perf_counter", lambda: next(ticks))
    calls = []
    assert runtime.fastest(lambda: calls.append(1), repeats=3, warm=2) == 2.0
    assert len(calls) == 5


def test_the_environment_names_what_figures_depend_on():
    environment = runtime.describe_environment("cpu", "float32")
    assert {"python", "torch", "torchvision", "numpy", "device", "precision", "threads"} <= set(environment)
    assert environment["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert all(isinstance(value, str) and value for value in environment.values())
