"""Device, precision and threads of this machine; queried or measured once, never guessed."""

import ctypes
import platform
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

M_ARENA_MAX, ARENAS = -8, 2  # malloc.h; by default each thread gets its own heap, up to 8 per core


def choose_device() -> str:
    """cuda, mps or cpu, the first that is available."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def prepare_cpu() -> None:
    """Round denormal numbers to zero; call before the process's first tensor operation, so that all threads inherit it.

    The moments that Adam keeps for a dead unit fall below 1e-38 within an epoch, and arithmetic on such numbers
    made architecture 1 train 2.6 times slower from its third epoch on (2 cores, AVX-512, 0.18 s against 0.07 s a step).
    """
    import torch

    torch.set_flush_denormal(True)


def limit_threads() -> None:
    """For a server with concurrent requests: one thread per request, and two heaps for the allocator.

    Waiting threads use the processor. On two AVX-512 cores that also did other work, `attend` over 12 words took 4.5 to
    18 s with two threads each and 0.6 s with one.
    """
    import torch

    torch.set_num_threads(1)
    if c_library := _gnu_c_library():
        c_library.mallopt(M_ARENA_MAX, ARENAS)


def trim_heap() -> None:
    """Return freed memory to the system, which glibc would keep; call it after large computations."""
    if c_library := _gnu_c_library():
        c_library.malloc_trim(0)


def _gnu_c_library() -> ctypes.CDLL | None:
    """glibc, or None on other systems, whose allocators have no such settings."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None


@cache
def fastest_precision(device: str) -> Literal["float32", "bfloat16"]:
    """ "bfloat16" (with channels-last) or "float32" (contiguous): whichever trains a small conv stack faster here."""
    import torch

    if device == "mps":
        return "float32"  # autocast to bfloat16 is not supported on every mps device
    if device == "cpu" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return "float32"  # oneDNN would emulate it, and measuring that takes seconds
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
    """The versions and the machine on which a run's figures depend."""
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


def random_states() -> "list[torch.Tensor]":
    """The states of torch's random generators: the CPU's, then each GPU's."""
    import torch

    return [torch.get_rng_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [])]


def set_random_states(states: "list[torch.Tensor]") -> None:
    """Set what `random_states` returned; nothing for an empty list."""
    import torch

    if states:
        torch.set_rng_state(states[0])
    if states[1:]:
        torch.cuda.set_rng_state_all(states[1:])
