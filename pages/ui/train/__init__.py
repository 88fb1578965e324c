"""Controls, views and loaders of the page `train` alone."""
