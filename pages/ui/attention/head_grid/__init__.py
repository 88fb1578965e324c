"""The one custom component: the attention of every layer and head."""
