"""Controls, views and loaders of the page `architectures` alone."""
