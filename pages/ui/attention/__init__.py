"""Controls, views and loaders of the page `attention` alone."""
