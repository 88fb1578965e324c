"""The frame: page config, the navigation from the one table of pages, and the page itself."""

from pages.ui import frame

frame.run_app()
