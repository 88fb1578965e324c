"""Why a model predicts a class: attribution, attention, perturbation, and tests of their faithfulness.

Imported by `figures`, the pages and the command line; leaves no trace on a shared model.
Start at `image_methods.explain_image`, `text_attribution.explain_text`, `attention_forward.attend`.
"""
