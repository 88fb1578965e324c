"""Examples for a visitor who has none at hand: photographs, drawings and sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from PIL import Image

from ccds_core.data.uploads import read_image
from ccds_core.errors import InvalidInputError

IMAGES = Path(__file__).parent / "example_images"  # the files, with LICENSE.md that says where each comes from
DRAWN = "Illustration made for this app; not a test image"

EXAMPLE_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "lights out": "I was terrified when all the lights went out and somebody knocked.",
        "by the sea": "I came home calm and thankful after a long walk by the sea.",
        "empty house": "Since she moved away I feel lonely and the house is so empty.",
        "unfair": "It makes me furious how unfair they were to my little brother.",
        "old dog": "I feel so fond of our gentle old dog who waits at the gate.",
        "the party": "I was amazed that nobody had told me about the party.",
        "not happy": "I do not feel happy about it at all.",
        "two feelings": "I feel a little scared but mostly excited about the new school.",
        "overwhelmed": "I feel overwhelmed.",
        "no known word": "Xylophonists yodelled quixotically.",
    }
)


@dataclass(frozen=True)
class Example:
    """An image that a page can offer."""

    name: str  # on the screen and in the URL
    caption: str
    label: str | None  # one of the ten CIFAR-10 classes; None when it shows none of them
    origin: str  # for a photograph its author and licence
    file: str


def _photograph(name: str, caption: str, label: str | None, credit: str) -> Example:
    return Example(name, caption, label, f"Photograph: {credit}", f"photo-{name}.webp")


def _drawing(name: str, caption: str, label: str | None) -> Example:
    return Example(f"{name} (drawn)", caption, label, DRAWN, f"drawn-{name}.webp")


_ALL = (
    _photograph("horse", "A black horse in a field", "horse", "Seth Zeigler, CC0"),
    _photograph("cat", "The face of a tabby cat", "cat", "Stefan van der Walt, CC0"),
    _photograph("bird", "A kingfisher on a branch", "bird", "Frank-2.0, CC0"),
    _photograph("deer", "A moose, the largest deer, among shrubs", "deer", "Ryan Hagerty, public domain"),
    _photograph("dog", "A German shepherd on grass", "dog", "Hans Kemperman, public domain"),
    _photograph("airplane", "A biplane seen from above, before 1930", "airplane", "Fédèle Azari, CC0"),
    _photograph("coffee", "A cup of coffee: none of the ten classes", None, "Rachel Michetti, CC0"),
    _drawing("airplane", "An airplane climbing through clouds", "airplane"),
    _drawing("automobile", "A red car on a country road", "automobile"),
    _drawing("bird", "A robin on a branch", "bird"),
    _drawing("cat", "A tabby cat indoors", "cat"),
    _drawing("deer", "A deer in tall grass", "deer"),
    _drawing("dog", "A brown and white dog on grass", "dog"),
    _drawing("frog", "A green frog on wet ground", "frog"),
    _drawing("horse", "A chestnut horse in a paddock", "horse"),
    _drawing("ship", "A cargo ship at sea", "ship"),
    _drawing("truck", "A truck with a white box", "truck"),
    _drawing("pizza", "A slice of pizza: none of the ten classes", None),
    _drawing("house", "A house in a garden: none of the ten classes", None),
    _drawing("sunflower", "A sunflower: none of the ten classes", None),
)

EXAMPLES: Mapping[str, Example] = MappingProxyType({example.name: example for example in _ALL})


def read_example(name: str) -> bytes:
    """The file of the example of that name, as a visitor would upload it: WebP."""
    if name not in EXAMPLES:
        raise InvalidInputError(f"No example image '{name}'. There: {', '.join(EXAMPLES)}. Choose one of them.")
    return (IMAGES / EXAMPLES[name].file).read_bytes()


def open_example(name: str) -> Image.Image:
    """The example of that name in RGB: a drawing of 256 x 256 pixels, a photograph of at most 512 a side."""
    return read_image(read_example(name))
