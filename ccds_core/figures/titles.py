"""How a panel among others is titled."""

import altair as alt


def panel_title(name: str) -> alt.Title:
    """What a panel is about, over its middle; the finding stands over all panels."""
    return alt.Title(name, anchor="middle", fontSize=14)
