"""The moving picture and the four stills of the README, taken from the real app: `python -m scripts.make_tour`.

Needs Chromium (`CCDS_CHROMIUM`, or one on the path). The app runs on a free port with no runs of its own.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SCREEN = ViewportSize(width=1280, height=720)
STILL, MOVING = (640, 360), (960, 540)  # pixels
SHOWN = 1_600  # milliseconds of a frame of the moving picture
PRIMARY = "primary"  # the page's one primary button
STEPS = (  # view, what is clicked there (the label of a widget), the still that it becomes
    ("", "", ""),
    ("architectures", "", ""),
    ("architectures", "sigmoid", "architectures"),
    ("train", "", ""),
    ("train", PRIMARY, "train"),
    ("images", "", "images"),
    ("images?images_view=Attribution+maps", "", ""),
    ("attention", "", "attention"),
    ("tokens", "", ""),
    ("compare", "", ""),
)


@contextmanager
def serve(runs: Path) -> Iterator[str]:
    """The app on a free port; yields its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py"), "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"CCDS_RUNS_DIR": str(runs)})
    try:
        for _ in range(300):
            try:
                with urlopen(f"{address}/_stcore/health", timeout=2):
                    break
            except (URLError, OSError):
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def settle(page: Page) -> None:
    """Wait until the app has run to its end and its charts are drawn."""
    page.locator("h1").first.wait_for()
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for(timeout=120_000)
    page.wait_for_timeout(1_500)


def take_frames(page: Page, address: str) -> Iterator[tuple[Image.Image, str]]:
    """Each step of the tour as an image, and the name of the still that it becomes, if any."""
    for view, click, still in STEPS:
        if not click:
            page.goto(f"{address}/{view}")
            settle(page)
            if "_view=" in view:  # what is under a tab
                page.get_by_role("tablist").evaluate("tabs => tabs.scrollIntoView()")
        else:
            radio = page.get_by_role("radio", name=click, exact=True)
            (page.locator("button[kind=primary]") if click == PRIMARY else radio).first.click()
            page.wait_for_timeout(25_000 if click == PRIMARY else 500)
            if click != PRIMARY:  # a page that follows a run never comes to rest
                settle(page)
        yield Image.open(io.BytesIO(page.screenshot())).convert("RGB"), still


def main() -> None:
    """Write docs/tour.webp and docs/tour-NAME.webp."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = os.environ.get("CCDS_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SCREEN)
        page.set_default_timeout(120_000)
        frames = list(take_frames(page, address))
        browser.close()
    for image, still in frames:
        if still:
            image.resize(STILL, Image.Resampling.LANCZOS).save(DOCS / f"tour-{still}.webp", quality=80, method=6)
    moving = [image.resize(MOVING, Image.Resampling.LANCZOS) for image, _ in frames]
    moving[0].save(
        DOCS / "tour.webp", save_all=True, append_images=moving[1:], duration=SHOWN, loop=0, quality=60, method=6
    )


if __name__ == "__main__":
    main()
