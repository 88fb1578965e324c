"""The benchmarks: two sides of one ratio, measured in one run. `python -m scripts.bench`, or the verb `bench`."""
