"""The project's own example pictures, drawn by code when asked for: one for each CIFAR-10 class and three of none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image

from ccds_core.data.pictures import hoofed, pets, road_vehicles, still_lifes, vessels, wildlife
from ccds_core.errors import InvalidInputError


@dataclass(frozen=True)
class Example:
    """A picture a page can offer to a visitor who has none at hand."""

    name: str
    caption: str
    label: str | None  # one of the ten CIFAR-10 classes; None when it shows none of them
    draw: Callable[[], Image.Image]  # 256 x 256 RGB, the same pixels each time


_ALL = (
    Example("airliner", "An airliner climbing through clouds", "airplane", vessels.draw_airplane),
    Example("red car", "A red car on a country road", "automobile", road_vehicles.draw_automobile),
    Example("robin", "A robin on a branch", "bird", wildlife.draw_bird),
    Example("tabby cat", "A tabby cat indoors", "cat", pets.draw_cat),
    Example("stag", "A stag in tall grass", "deer", hoofed.draw_deer),
    Example("dog", "A brown and white dog on grass", "dog", pets.draw_dog),
    Example("frog", "A green frog on wet ground", "frog", wildlife.draw_frog),
    Example("horse", "A chestnut horse in a paddock", "horse", hoofed.draw_horse),
    Example("freighter", "A freighter at sea", "ship", vessels.draw_ship),
    Example("lorry", "A lorry with a white box", "truck", road_vehicles.draw_truck),
    Example("pizza", "A slice of pizza: none of the ten", None, still_lifes.draw_pizza),
    Example("house", "A house in a garden: none of the ten", None, still_lifes.draw_house),
    Example("sunflower", "A sunflower: none of the ten", None, still_lifes.draw_flower),
)

EXAMPLES: Mapping[str, Example] = MappingProxyType({example.name: example for example in _ALL})


def draw_example(name: str) -> Image.Image:
    """The example of that name, 256 x 256 RGB."""
    if name not in EXAMPLES:
        raise InvalidInputError(f"No example picture '{name}'. There: {', '.join(EXAMPLES)}. Choose one of them.")
    return EXAMPLES[name].draw()
