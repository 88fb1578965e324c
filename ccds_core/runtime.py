"""What this machine offers: device, precision, threads, folders; measured or asked once, never guessed."""

import ctypes
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

PROJECT = Path(__file__).resolve().parent.parent
M_ARENA_MAX, ARENAS = -8, 2  # malloc.h; by default each of many threads gets a heap of its own, up to 8 a core


def data_dir() -> Path:
    """Where data sets lie: `CCDS_DATA_DIR`, else `data/` beside the app."""
    return Path(os.environ.get("CCDS_DATA_DIR") or PROJECT / "data")


def models_dir() -> Path:
    """Where pretrained encoders lie: `CCDS_MODELS_DIR`, else `models/` beside the app."""
    return Path(os.environ.get("CCDS_MODELS_DIR") or PROJECT / "models")


def runs_dir() -> Path:
    """Where runs made here are written: `CCDS_RUNS_DIR`, else `runs/` beside the app."""
    return Path(os.environ.get("CCDS_RUNS_DIR") or PROJECT / "runs")


def checkpoints_dir() -> Path:
    """Where the shipped runs lie: `CCDS_CHECKPOINTS_DIR`, else `checkpoints/` beside the app."""
    return Path(os.environ.get("CCDS_CHECKPOINTS_DIR") or PROJECT / "checkpoints")


def cache_dir() -> Path:
    """Where decoded data is kept, safe to delete: `CCDS_CACHE_DIR`, else `.cache/` beside the app."""
    return Path(os.environ.get("CCDS_CACHE_DIR") or PROJECT / ".cache")


def same_places() -> dict[str, str]:
    """The variables that give another process this one's code and folders, wherever it is started."""
    places = {"DATA": data_dir(), "MODELS": models_dir(), "RUNS": runs_dir(), "CACHE": cache_dir()}
    places["CHECKPOINTS"] = checkpoints_dir()
    return {f"CCDS_{name}_DIR": str(place.resolve()) for name, place in places.items()} | {"PYTHONPATH": str(PROJECT)}


def choose_device() -> str:
    """cuda, mps or cpu, the first that is there."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def prepare_cpu() -> None:
    """Round denormal numbers to zero; call before the process's first tensor operation, so that all threads inherit it.

    The moments that Adam keeps for a unit that died fall below 1e-38 within an epoch, and arithmetic on such numbers
    made architecture 1 train 2.6 times slower from its third epoch on (2 cores, AVX-512, 0.18 s against 0.07 s a step).
    """
    import torch

    torch.set_flush_denormal(True)


def share_machine() -> None:
    """For a process whose visitors ask at once: one thread for each answer, and memory that is given back.

    Threads that wait for one another spin. On two AVX-512 cores that also did other work, `attend` over 12 words took
    4.5 to 18 s with two threads each and 0.6 s with one.
    """
    import torch

    torch.set_num_threads(1)
    if c_library := _gnu_c_library():
        c_library.mallopt(M_ARENA_MAX, ARENAS)


def give_back_memory() -> None:
    """Hand what was freed back to the system, where the C library would keep it; after much was computed or loaded."""
    if c_library := _gnu_c_library():
        c_library.malloc_trim(0)


def _gnu_c_library() -> ctypes.CDLL | None:
    """None on other systems: their allocators have no such dials."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None


@cache
def fastest_precision(device: str) -> Literal["float32", "bfloat16"]:
    """ "bfloat16" (with channels-last) or "float32" (contiguous): whichever trains a small conv stack faster here."""
    import torch

    if device == "mps":
        return "float32"  # autocast to bfloat16 is not supported on every mps device
    if device == "cpu" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return "float32"  # oneDNN would only imitate it, and measuring that takes seconds
    plain, half = (_time_conv(torch.device(device), bfloat16) for bfloat16 in (False, True))
    return "bfloat16" if half < plain else "float32"


def _time_conv(device: "torch.device", bfloat16: bool) -> float:
    """Seconds of the fastest of three training steps of two convs at the workshop's shapes."""
    import torch
    from torch import nn

    memory_format = torch.channels_last if bfloat16 else torch.contiguous_format
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        stack = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 128, 3, padding=1))
    stack.to(device).to(memory_format=memory_format)
    images = torch.randn(32, 32, 16, 16, generator=generator).to(device, memory_format=memory_format)

    def step() -> float:
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            loss = stack(images).float().square().mean()
        loss.backward()
        return float(loss.detach())

    return fastest(step, repeats=3, warm=2)


def fastest(work: Callable[[], object], repeats: int, warm: int = 1) -> float:
    """Seconds of the fastest of `repeats` calls, after `warm` unmeasured ones."""
    for _ in range(warm):
        work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def describe_environment(device: str, precision: str) -> dict[str, str]:
    """The versions and the machine that a run's figures depend on."""
    import torch

    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "torchvision": version("torchvision"),
        "numpy": version("numpy"),
        "accelerate": version("accelerate"),
        "device": device,
        "precision": precision,
        "threads": str(torch.get_num_threads()),
        "cpu": torch.backends.cpu.get_cpu_capability(),
    }
