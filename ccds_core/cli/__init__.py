"""`ccds`, or `python -m ccds_core`: one module per verb or group of verbs.

Heavy libraries are imported inside the verbs, so that `--help` answers at once.
Imported by nothing but `__main__`. Start at `main.app`, `train.train`, `explain.explain`.
"""
