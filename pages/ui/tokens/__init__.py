"""Controls, views and loaders of the page `tokens` alone."""
