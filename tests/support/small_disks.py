"""Small disks in memory, of a few hundred kilobytes, which tests fill or make read-only."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

WHY_NOT = "a small disk is mounted by root on Linux, where mounting is allowed"
BALLAST = "ballast"


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of this size ("400k") mounted on the folder, which is made if need be; skips where none can be."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip(WHY_NOT)
    folder.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False).returncode:
        pytest.skip(WHY_NOT)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def change(folder: Path, how: str) -> None:
    """Mount it anew: "ro", "rw" or "size=8m"."""
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody can write in the folder, also who has files open in it already."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> None:
    """Until not a byte more fits."""
    with open(folder / BALLAST, "ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with pytest.raises(OSError, match="No space") as caught:
        (folder / "probe").write_bytes(bytes(4096))
    assert caught.value.errno == errno.ENOSPC
    (folder / "probe").unlink()


def empty(folder: Path) -> None:
    """Take the ballast away again."""
    (folder / BALLAST).unlink()
