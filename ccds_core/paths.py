"""The folders of the app on disk.

There are two cases, and `INSTALLED` tells them apart:

- In a checkout, `PROJECT` is its root, and everything is there: `data/`, `models/`, `runs/` and `.cache/` too.
- After `pip install`, `PROJECT` is the folder `_app` inside this package. `setup.py` copies there
  `streamlit_app.py`, `pages/`, `.streamlit/config.toml` and `checkpoints/`. Nothing is written there: data, runs and
  caches go to `home_dir()`, the current user's data folder.

Each folder can also be set by an environment variable.
"""

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = (PACKAGE / "_app").is_dir()
PROJECT = PACKAGE / "_app" if INSTALLED else PACKAGE.parent


def home_dir() -> Path:
    """The folder of what the app writes: the checkout, or `ccds-explorer/` in the user's data folder when installed."""
    return user_data_dir() / "ccds-explorer" if INSTALLED else PROJECT


def user_data_dir() -> Path:
    """The current user's data folder: `XDG_DATA_HOME` where it is set, else the default of the system."""
    if base := os.environ.get("XDG_DATA_HOME"):
        return Path(base)
    return Path.home() / ("Library/Application Support" if sys.platform == "darwin" else ".local/share")


def data_dir() -> Path:
    """The folder of the data sets: `CCDS_DATA_DIR`, else `data/` in `home_dir()`."""
    return Path(os.environ.get("CCDS_DATA_DIR") or home_dir() / "data")


def models_dir() -> Path:
    """The folder of the pretrained encoders: `CCDS_MODELS_DIR`, else `models/` in `home_dir()`."""
    return Path(os.environ.get("CCDS_MODELS_DIR") or home_dir() / "models")


def runs_dir() -> Path:
    """The folder of the runs that are trained here: `CCDS_RUNS_DIR`, else `runs/` in `home_dir()`."""
    return Path(os.environ.get("CCDS_RUNS_DIR") or home_dir() / "runs")


def checkpoints_dir() -> Path:
    """The folder of the shipped runs: `CCDS_CHECKPOINTS_DIR`, else `checkpoints/` beside the app."""
    return Path(os.environ.get("CCDS_CHECKPOINTS_DIR") or PROJECT / "checkpoints")


def cache_dir() -> Path:
    """The folder of decoded data, safe to delete: `CCDS_CACHE_DIR`, else `.cache/` in `home_dir()`."""
    return Path(os.environ.get("CCDS_CACHE_DIR") or home_dir() / ".cache")


def same_places() -> dict[str, str]:
    """The environment variables that give another process the code and the folders of this one, from any folder."""
    folders = {"DATA": data_dir(), "MODELS": models_dir(), "RUNS": runs_dir(), "CACHE": cache_dir()}
    folders["CHECKPOINTS"] = checkpoints_dir()
    variables = {f"CCDS_{name}_DIR": str(folder.resolve()) for name, folder in folders.items()}
    if INSTALLED:  # installed code needs no path
        return variables
    behind = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return variables | {"PYTHONPATH": os.pathsep.join(dict.fromkeys([str(PROJECT), *filter(None, behind)]))}
