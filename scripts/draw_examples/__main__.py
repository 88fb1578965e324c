"""Write the drawn example images: `python -m scripts.draw_examples`."""

import sys

from ccds_core.data.examples import IMAGES
from scripts.draw_examples.drawings import DRAWINGS


def main() -> None:
    """Every drawing as lossless WebP, so that the file holds the pixels that were drawn."""
    for file, draw in DRAWINGS.items():
        draw().save(IMAGES / file, lossless=True, quality=100, method=6)  # quality: effort, where it is lossless
    sys.stdout.write(f"{len(DRAWINGS)} images written to {IMAGES}\n")


if __name__ == "__main__":
    main()
