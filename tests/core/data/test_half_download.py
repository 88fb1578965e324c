"""A download that is cut off is never taken for the whole, and the next one mends it."""

import hashlib
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from torchvision.datasets import CIFAR10

from ccds_core.data import cifar10
from ccds_core.data.cifar10 import BATCHES
from ccds_core.errors import InvalidInputError, MissingDataError
from tests.support.fuzzing import assert_sentence
from tests.support.small_cifar import write_batches


class Mirror(BaseHTTPRequestHandler):
    """Promises the whole file and sends as much of it as the server was told to."""

    def do_GET(self):
        content = self.server.content
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.server.sent])

    def log_message(self, *said):
        """Nothing is said on stderr."""


@pytest.fixture
def mirror(tmp_path, data_folder, cache_folder, monkeypatch):
    """A server on this machine that has a small CIFAR-10; `sent` says how many bytes of it arrive."""
    write_batches(tmp_path / "source")
    with tarfile.open(tmp_path / "small.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "source" / BATCHES, BATCHES)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.content = (tmp_path / "small.tar.gz").read_bytes()
    server.sent = len(server.content)
    monkeypatch.setattr(CIFAR10, "url", f"http://127.0.0.1:{server.server_port}/{CIFAR10.filename}")
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(server.content).hexdigest())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_half_a_download_is_a_sentence_and_no_data_set_and_the_next_one_is_whole(mirror, share):
    whole = mirror.sent
    mirror.sent = int(share * whole)
    with pytest.raises(MissingDataError, match="The download did not succeed") as caught:
        cifar10.fetch()
    assert_sentence(str(caught.value))
    assert cifar10.find() is None
    with pytest.raises(MissingDataError, match="data fetch"):
        cifar10.load()
    mirror.sent = whole
    cifar10.fetch()
    assert len(cifar10.load().labels) == 120


def test_a_changed_archive_is_not_unpacked(mirror):
    mirror.content = mirror.content[:-9] + bytes([mirror.content[-9] ^ 255]) + mirror.content[-8:]
    with pytest.raises(MissingDataError, match="The download did not succeed"):
        cifar10.fetch()
    assert cifar10.find() is None


@pytest.mark.parametrize("damage", ["two files missing", "half a file", "an empty file"])
def test_unpacking_that_was_cut_off_is_a_sentence_and_fetching_again_mends_it(mirror, data_folder, damage):
    folder = cifar10.fetch()
    victim = folder / "data_batch_5"
    if damage == "two files missing":
        victim.unlink()
        (folder / "test_batch").unlink()
    else:
        victim.write_bytes(victim.read_bytes()[: 4000 if damage == "half a file" else 0])
    with pytest.raises(InvalidInputError) as caught:
        cifar10.load()
    assert_sentence(str(caught.value))
    cifar10.fetch()
    assert len(cifar10.load().labels) == 120


def test_no_network_at_all_is_a_sentence_too(mirror, monkeypatch):
    monkeypatch.setattr(CIFAR10, "url", "http://127.0.0.1:9/nobody-listens")
    with pytest.raises(MissingDataError, match="data fetch") as caught:
        cifar10.fetch()
    assert_sentence(str(caught.value))
