"""Controls, views and loaders of the page `home` alone."""
