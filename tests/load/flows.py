"""What students do on the pages: each flow opens a page, acts on it, and checks that what it should say has come."""

import asyncio
import io
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from ccds_core.data.examples import EXAMPLES, open_example
from scripts.bench.text import made_up_sentences
from tests.load.visitor import PageError, Shown, Visitor

PHOTO = (1600, 1200)  # pixels of an uploaded image, such as a scaled-down phone photo
VIEWS = ("Curves", "Confusion", "Classes", "Hyperparameters & cost", "Scores")
NAMED = ("loss by epoch", "is taken for", "F1 by class", "Options", "Which differences are real")
SENTENCES = made_up_sentences(2_000)


@dataclass(frozen=True)
class Wait:
    """One thing that a student waited for."""

    flow: str
    step: str
    seconds: float
    n_bytes: int


@dataclass
class Student:
    """One session, its own chance, and what it waited for."""

    address: str
    chance: random.Random
    think: float  # seconds between two actions, on average
    visitor: Visitor | None = None
    waits: list[Wait] = field(default_factory=list)
    n_flows: int = 0

    @property
    def tab(self) -> Visitor:
        """The open tab."""
        assert self.visitor is not None, "the home flow opens it"
        return self.visitor

    async def wait(self, flow: str, step: str, doing: Awaitable[Shown], expected: str) -> str:
        """Wait for something, see that it came, and think about it."""
        shown = await doing
        if expected not in shown.text:
            raise PageError(f"{flow}, {step}: no '{expected}' in what came: {shown.text}")
        self.waits.append(Wait(flow, step, shown.seconds, shown.n_bytes))
        await asyncio.sleep(self.think * self.chance.uniform(0.5, 1.5))
        return shown.text


async def go_home(student: Student) -> None:
    """A fresh session, as after a reload."""
    if student.visitor:
        await student.visitor.leave()
    student.visitor = await Visitor.arrive(student.address)
    await student.wait("home", "open", student.tab.visit("home"), "Our results vs. the report's")


async def upload_image(student: Student) -> None:
    """Upload a new image; all networks classify it."""
    await student.wait("image", "open", student.tab.visit("images"), "models predict")
    await student.wait("image", "choose", student.tab.choose(images_source=["Upload"]), "Image from")
    photo = make_photo(student.chance)
    await student.wait("image", "upload", student.tab.upload("images_upload", "photo.jpg", photo), "Most confident: ")


async def write_a_sentence(student: Student) -> None:
    """A sentence that nobody wrote before; all text models answer."""
    await student.wait("sentence", "open", student.tab.visit("emotions"), "Emotions")
    await student.wait("sentence", "choose", student.tab.choose(emotions_source=["Write"]), "Sentence")
    text = write_sentence(student.chance)
    await student.wait("sentence", "ask", student.tab.choose(emotions_text=text), "Most confident: ")


async def look_at_attention(student: Student) -> None:
    """Every head over a sentence that nobody wrote before."""
    await student.wait("attention", "open", student.tab.visit("attention"), "Attention")
    await student.wait("attention", "choose", student.tab.choose(attention_source=["Write"]), "Sentence")
    text = write_sentence(student.chance)
    await student.wait("attention", "ask", student.tab.choose(attention_text=text), "Predicted: ")


async def compare(student: Student) -> None:
    """Six runs, then two other views of them."""
    await student.wait("compare", "open", student.tab.visit("compare"), "Runs")
    for step in ("first view", "second view"):
        view = student.chance.choice(VIEWS)
        await student.wait("compare", step, student.tab.choose(compare_view=[view]), "Runs")


async def toggle(student: Student) -> None:
    """Three toggles of a network."""
    await student.wait("toggles", "open", student.tab.visit("architectures"), "FC activation")
    choices = {
        "architectures_extra_conv": student.chance.random() < 0.5,
        "architectures_dropout": student.chance.randrange(10) / 10,
        "architectures_activation": [student.chance.choice(("ReLU", "Sigmoid", "Tanh"))],
    }
    for key, value in choices.items():
        doing = student.tab.choose(**{key: value})
        await student.wait("toggles", key.removeprefix("architectures_"), doing, "Million MACs")


FLOWS: dict[str, Callable[[Student], Awaitable[None]]] = {
    "home": go_home,
    "image": upload_image,
    "sentence": write_a_sentence,
    "attention": look_at_attention,
    "compare": compare,
    "toggles": toggle,
}


def make_photo(chance: random.Random) -> bytes:
    """A JPEG of an example, enlarged and noisy: no two are alike."""
    generator = np.random.default_rng(chance.getrandbits(32))
    pixels = np.asarray(open_example(chance.choice(list(EXAMPLES))).resize(PHOTO)).astype(np.int16)
    noisy = (pixels + generator.integers(-12, 13, pixels.shape, dtype=np.int16)).clip(0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noisy).save(buffer, format="JPEG", quality=85)
    return buffer.getvalue()


def write_sentence(chance: random.Random) -> str:
    """Words of the examples in any order; a number keeps it one of its kind."""
    return f"{' '.join(chance.choice(SENTENCES)[:20])} {chance.getrandbits(30)}"
