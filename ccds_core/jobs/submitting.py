"""Hand a run to the worker or to the Ray cluster; stands alone: `control` is for callers, `launcher` for a process."""

import shutil
from pathlib import Path

from ccds_core.errors import InvalidConfigError
from ccds_core.jobs import launcher, protocol, queue, ray_backend
from ccds_core.jobs.protocol import Backend


def backend() -> Backend:
    """Where runs go: "ray" where `CCDS_RAY_ADDRESS` names a cluster, else "worker"."""
    return "ray" if ray_backend.address() else "worker"


def submit(folder: Path, paused: bool) -> None:
    """Hand over a new run; if that fails, its folder is removed."""
    try:
        hand_over(folder, paused)
    except InvalidConfigError:
        shutil.rmtree(folder)
        raise


def hand_over(folder: Path, paused: bool) -> None:
    """Hand over a run; `paused`: it waits before its first step."""
    protocol.send_command(folder, "pause" if paused else "play")
    protocol.name_backend(folder, backend())
    if backend() == "ray":
        ray_backend.submit(folder)
    else:
        queue.put_in_queue(folder.name)
        launcher.ensure()
