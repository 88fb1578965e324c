"""The second backend: runs as Ray Jobs on a cluster that shares the runs folder, when one machine is not enough."""

import json
import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ccds_core.errors import InvalidConfigError
from ccds_core.jobs.protocol import State, replace_quickly
from ccds_core.paths import same_places

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

ADDRESS = "CCDS_RAY_ADDRESS"  # of the cluster's dashboard, e.g. http://127.0.0.1:8265
CPUS, GPUS = "CCDS_RAY_CPUS", "CCDS_RAY_GPUS"  # per run; default: 1 and 0
RAY_JOB = "ray.json"  # in the run's folder: the run's submission ID on Ray
COMMAND = (sys.executable, "-m", "ccds_core")  # of the process that trains; the same path on every machine


def address() -> str:
    """The cluster's address; empty where runs go to the worker of this machine."""
    return os.environ.get(ADDRESS, "")


def submit(folder: Path) -> None:
    """Submit the run to Ray, which queues it until it has resources. Raises `InvalidConfigError` if Ray is missing."""
    cpus = float(os.environ.get(CPUS, "1"))
    variables = same_places() | {"OMP_NUM_THREADS": str(max(1, int(cpus)))}
    submission = f"ccds-{folder.name}-{time.time_ns()}"
    client = _client()
    client.submit_job(
        entrypoint=shlex.join([*COMMAND, "jobs", "run", folder.name]),
        submission_id=submission,
        runtime_env={"env_vars": variables},
        metadata={"ccds_run": folder.name},
        entrypoint_num_cpus=cpus,
        entrypoint_num_gpus=float(os.environ.get(GPUS, "0")),
    )
    replace_quickly(folder / RAY_JOB, json.dumps({"submission": submission}))


def ask(folder: Path) -> tuple[State, str] | None:
    """Ray's state of a run without a living process, and a message; None where Ray does not know the run."""
    submission = _submission(folder)
    if not submission:
        return None
    try:
        ray_status = str(_client().get_job_status(submission).value)
    except InvalidConfigError as error:
        return "interrupted", str(error)
    except RuntimeError:  # the cluster was restarted and does not know the run
        return None
    states: dict[str, tuple[State, str]] = {
        "PENDING": ("queued", "waiting for resources on the Ray cluster"),
        "RUNNING": ("starting", "starting on the Ray cluster"),
    }
    return states.get(ray_status)


def stop(folder: Path) -> None:
    """Stop the run's Ray job; one that trains reads the command from its folder."""
    submission = _submission(folder)
    if submission and ask(folder):
        _client().stop_job(submission)


def _submission(folder: Path) -> str:
    try:
        record = json.loads((folder / RAY_JOB).read_text(encoding="utf-8"))
        return str(record["submission"]) if address() else ""
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def _client() -> "JobSubmissionClient":
    try:
        from ray.exceptions import AuthenticationError
        from ray.job_submission import JobSubmissionClient
    except ImportError:
        raise InvalidConfigError(
            f"{ADDRESS} is set, but Ray is not installed here: pip install -r requirements-ray.txt, or unset it."
        ) from None
    try:
        return JobSubmissionClient(address())
    except AuthenticationError:
        raise InvalidConfigError(f"The Ray cluster at {address()} requires a token: set RAY_AUTH_TOKEN.") from None
    except (ConnectionError, RuntimeError):
        raise InvalidConfigError(f"There is no Ray cluster at {address()}. Start it, or unset {ADDRESS}.") from None
