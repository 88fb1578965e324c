"""A run on disk: its records, weights and resume file; runs evaluated, compared and tested against the report.

Imported by `explain`, `jobs`, `figures` and above.
Start at `records.RunRecord`, `execute.run`, `weights.load_classifier`.
"""
