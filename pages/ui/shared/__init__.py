"""What several pages use: the frame, error handling, cached loaders, controls, panels and charts.

Imported by every page and every `pages.ui` package. Start at `frame.open_page`, `loaders`, `panels`.
"""
