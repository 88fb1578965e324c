"""How a page is printed, on A4 or as a slide: the finding and the figures whole, without the controls."""

import streamlit as st

HIDDEN = (  # controls, and tables that scroll, of which a sheet would show a part
    "stButton", "stButtonGroup", "stCameraInput", "stCheckbox", "stDataFrame", "stDownloadButton", "stElementToolbar",
    "stExpander", "stFileUploader", "stMultiSelect", "stNumberInput", "stPageLink", "stPopover", "stSelectbox",
    "stSelectSlider", "stSlider", "stTextArea", "stTextInput", "stTooltipIcon",
)  # fmt: skip
FIGURES = ("stAlert", "stImage", "stMetric", "stTable", "stVegaLiteChart")


def style() -> str:
    """The print rules, for `st.html`: they name only Streamlit's own parts of a page."""
    hidden, figures = (", ".join(f'[data-testid="{name}"]' for name in names) for names in (HIDDEN, FIGURES))
    return (
        "<style>@media print { "
        f'{hidden}, [data-testid="stTabs"] [role="tablist"] {{ display: none !important; }} '
        f"{figures} {{ break-inside: avoid; }} "
        "h1, h2, h3 { break-after: avoid; } "
        "}</style>"
    )


def apply() -> None:
    """Add the rules to the page; on the screen they change nothing."""
    st.html(style())
