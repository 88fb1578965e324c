"""The script of a run as a Jupyter notebook: a cell for each of its pieces.

It stands alone: it is about a file format, not about networks.
"""

import json
from typing import Any

from ccds_core.config.run_config import RunConfig
from ccds_core.models.cnn_script import write_sections
from ccds_core.models.recipe_script import DATA_CODE

FORMAT = (4, 5)  # of the notebook; from 4.5 on every cell has an id
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def write_notebook(config: RunConfig) -> str:
    """The notebook as JSON; its code cells, one after the other, are the script."""
    sections = write_sections(config)
    data = DATA_CODE[config.data.name]
    about = f"# {config.name}\n\nA CNN of the CCDS workshop, trained on {data.title}."
    cells = [_cell(0, "markdown", f"{about} Where a package is missing: `%pip install {' '.join(data.packages)}`.")]
    for section in sections:
        cells.append(_cell(len(cells), "markdown", f"## {section.title}"))
        cells.append(_cell(len(cells), "code", section.code.strip("\n")))
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": FORMAT[0],
        "nbformat_minor": FORMAT[1],
    }
    return json.dumps(notebook, indent=1) + "\n"


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
