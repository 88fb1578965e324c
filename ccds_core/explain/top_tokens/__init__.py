"""The most attended words of each class over a whole data set: one batched pass, scores, corrections and evidence.

Imported by `figures`, the pages and the command line. Start at `corpus_pass`, `scores`, `table`.
"""
