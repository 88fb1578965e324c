"""The first visitor waits for no more than Home needs: neither torch nor what it brings."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "torchvision", "transformers", "sklearn", "scipy", "gensim", "captum", "matplotlib", "vl_convert")
HOME = """
import json, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
assert not app.exception, app.exception
json.dump([app.title[0].value, sorted(sys.modules)], sys.stdout)
"""


def test_home_imports_no_heavy_library():
    answer = subprocess.run([sys.executable, "-c", HOME], cwd=ROOT, capture_output=True, text=True, check=True)
    title, modules = json.loads(answer.stdout)
    assert title == "CCDS Explorer"
    assert [name for name in HEAVY if name in modules] == []
