"""Many students at once before one server, and what they waited: by flow, with its memory."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import psutil
import requests
from websockets.exceptions import WebSocketException

from tests.load.flows import FLOWS, Student, Wait
from tests.load.visitor import PageError

FAILURES = (PageError, TimeoutError, OSError, WebSocketException, requests.RequestException)
MEGABYTE = 1 << 20
SAMPLED = 0.25  # seconds between two looks at the server's memory


@dataclass(frozen=True)
class Plan:
    """Who does what."""

    sessions: int
    flows: int  # in all
    think: float  # seconds between two actions of a student, on average; 0 = everybody at once, without a pause
    seed: int = 0


@dataclass
class Outcome:
    """What was measured."""

    plan: Plan
    waits: list[Wait] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    passes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # flow -> seconds waited in all
    seconds: float = 0.0
    memory_before: float = 0.0  # MiB of the server process; a worker is another one
    memory_after: float = 0.0
    memory_peak: float = 0.0
    cpu_seconds: float = 0.0  # of the server, over `seconds`

    @property
    def n_flows(self) -> int:
        """How many were finished."""
        return sum(map(len, self.passes.values()))


async def send_visitors(address: str, server: psutil.Process, plan: Plan) -> Outcome:
    """Let the students do flows in turn, each beginning at home and somewhere else in the row after it."""
    outcome = Outcome(plan, memory_before=memory_of(server))
    watching = asyncio.create_task(_watch(server, outcome))
    began, worked = time.perf_counter(), cpu_of(server)
    turns = iter(range(plan.flows))
    students = [Student(address, random.Random(f"{plan.seed}-{n}"), plan.think) for n in range(plan.sessions)]
    await asyncio.gather(*(_study(student, turns, outcome, n) for n, student in enumerate(students)))
    outcome.seconds = time.perf_counter() - began
    outcome.cpu_seconds = cpu_of(server) - worked
    watching.cancel()
    outcome.memory_after = memory_of(server)
    return outcome


async def _study(student: Student, turns: "Sequence[int]", outcome: Outcome, place: int) -> None:
    """Flows until none is left; an error is kept, and the student begins anew."""
    await asyncio.sleep(student.think * student.chance.random())  # nobody arrives in step
    names = list(FLOWS)[1:]
    row = ["home", *names[place % len(names) :], *names[: place % len(names)]]
    number = 0
    for _ in turns:
        name = row[number % len(row)]
        number += 1
        student.waits = []
        try:
            await FLOWS[name](student)
        except FAILURES as error:
            outcome.errors.append(f"{name}: {type(error).__name__}: {error}"[:500])
            number = 0
            continue
        outcome.waits += student.waits
        outcome.passes[name].append(sum(wait.seconds for wait in student.waits))
    if student.visitor:
        await student.visitor.leave()


async def _watch(server: psutil.Process, outcome: Outcome) -> None:
    while True:
        outcome.memory_peak = max(outcome.memory_peak, memory_of(server))
        await asyncio.sleep(SAMPLED)


def memory_of(server: psutil.Process) -> float:
    """MiB that the process holds in memory."""
    return server.memory_info().rss / MEGABYTE


def cpu_of(server: psutil.Process) -> float:
    """Seconds that the process has computed."""
    times = server.cpu_times()
    return float(times.user + times.system)


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """The median, and what one in twenty exceeds."""
    p50, p95 = np.percentile(seconds, [50, 95])
    return float(p50), float(p95)
