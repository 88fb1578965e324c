"""Controls, views and loaders of the page `emotions` alone."""
