"""Controls, views and loaders of the page `embeddings` alone."""
