"""Controls, views and loaders of the page `images` alone."""
