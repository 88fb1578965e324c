"""Record the guided experiments on Digits, and count how often each shows what it says.

`python -m scripts.make_lessons`: every lesson's runs, for five sets of seeds, as the worker trains them. The steps of
the first set are saved in the checkpoints. What is there already is not trained again. About half an hour on two cores.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ccds_core.config.lessons import LESSONS
from ccds_core.jobs import control, launcher
from ccds_core.jobs.lesson_answers import FOLDER, SHARES, Share, Shares, answer, read_share, recording_folder
from ccds_core.jobs.process import try_lock
from ccds_core.jobs.queue import WORKER_LOCK, queue_dir
from ccds_core.jobs.worker import Scheduler, warm_up
from ccds_core.paths import checkpoints_dir
from ccds_core.runs.step_log import STEPS, StepRecord
from ccds_core.storage import to_json, write_atomically

REPETITIONS = 5


def become_worker() -> None:
    """Hold the worker's lock, so that no other process is started for the runs."""
    lock = try_lock(queue_dir() / WORKER_LOCK)
    assert lock is not None
    launcher.sign(lock, os.getpid())
    warm_up()


def train_lesson(name: str, repetition: int) -> dict[str, list[StepRecord]]:
    """The steps of the lesson's runs by label."""
    lesson, ending = LESSONS[name], str(repetition)
    configs = lesson.configs(name, "digits", ending, repetition)
    scheduler = Scheduler()
    for config in configs:
        control.start(config, together=f"{name}-{repetition}")
    while scheduler.step():
        pass
    labels = [entry.label for entry in lesson.entries]
    return {label: control.read_steps(config.name) for label, config in zip(labels, configs, strict=True)}


def record_lesson(name: str, runs: Path) -> Share:
    """Train all repetitions and save the first one's steps."""
    held = 0
    for repetition in range(REPETITIONS):
        steps = train_lesson(name, repetition)
        held += answer(LESSONS[name], steps) == LESSONS[name].shows
        if repetition == 0:
            _save(name, runs)
    return Share(held, REPETITIONS)


def _save(name: str, runs: Path) -> None:
    for place, config in enumerate(LESSONS[name].configs(name, "digits", "0")):
        folder = recording_folder(name, place)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(runs / config.name / STEPS, folder / STEPS)


def _write_shares(shares: Mapping[str, Share]) -> None:
    write_atomically(checkpoints_dir() / FOLDER / SHARES, to_json(Shares(dict(shares))))


def main(names: Sequence[str] = tuple(LESSONS)) -> None:
    """Record each lesson that is not recorded yet."""
    shares = {name: share for name in LESSONS if (share := read_share(name))}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CCDS_RUNS_DIR"] = folder
        become_worker()
        for name in names:
            if name not in shares:
                shares[name] = share = record_lesson(name, Path(folder))
                _write_shares(shares)
                print(f"{name}: held {share.held} of {share.n}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
