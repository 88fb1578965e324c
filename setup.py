"""Adds to the wheel what the app needs and is no package: see `ccds_core/paths.py`. The rest is in `pyproject.toml`.

It goes into the package's own folder `ccds_core/_app`, so that the names `pages` and `streamlit_app`, which anybody may
use, do not become packages of their own. An editable install copies nothing: there the checkout is used.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FILES = ("streamlit_app.py", ".streamlit/config.toml")
FOLDERS = ("pages", "checkpoints")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


class BuildWithApp(build_py):
    """`build_py`, and then the copy of the app."""

    def run(self) -> None:
        """Build the packages, then copy the app into them."""
        super().run()
        if self.editable_mode:
            return
        app = Path(self.build_lib) / "ccds_core" / "_app"
        shutil.rmtree(app, ignore_errors=True)  # of an earlier build
        for name in FILES:
            (app / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, app / name)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, app / name, ignore=LEFT_OUT)


setup(cmdclass={"build_py": BuildWithApp})
