"""The table of drawings: the file of each, and the function that draws it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PIL import Image

from scripts.draw_examples import hoofed, pets, road_vehicles, still_lifes, vessels, wildlife

DRAWINGS: Mapping[str, Callable[[], Image.Image]] = MappingProxyType(
    {
        "drawn-airplane.webp": vessels.draw_airplane,
        "drawn-automobile.webp": road_vehicles.draw_automobile,
        "drawn-bird.webp": wildlife.draw_bird,
        "drawn-cat.webp": pets.draw_cat,
        "drawn-deer.webp": hoofed.draw_deer,
        "drawn-dog.webp": pets.draw_dog,
        "drawn-frog.webp": wildlife.draw_frog,
        "drawn-horse.webp": hoofed.draw_horse,
        "drawn-ship.webp": vessels.draw_ship,
        "drawn-truck.webp": road_vehicles.draw_truck,
        "drawn-pizza.webp": still_lifes.draw_pizza,
        "drawn-house.webp": still_lifes.draw_house,
        "drawn-sunflower.webp": still_lifes.draw_flower,
    }
)
