"""One training loop for every model family, and what is read from a network while it learns.

Imported by `runs`, `jobs`, `figures` and above; knows no run folder.
Start at `loop.train`, `metrics.evaluate_predictions`, `signal.measure_signal`.
"""
