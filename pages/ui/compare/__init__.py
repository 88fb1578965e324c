"""Controls, views and loaders of the page `compare` alone."""
