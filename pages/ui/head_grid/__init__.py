"""The one custom component: every layer and head of a sentence in the hand."""
