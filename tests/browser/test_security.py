"""What SECURITY.md promises of the running server: its settings, its answers to strangers, and where uploads go."""

import re
import tomllib
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from streamlit import config

from tests.browser.conftest import ROOT, serve, settle

FORM = {"Content-Type": "multipart/form-data; boundary=x"}
HANDSHAKE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
             "Sec_WebSocket_Key": "x3JJHMbDL1EzLkh9GBhXDw=="}  # fmt: skip
BODY = b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../x.png"\r\n\r\n0\r\n--x--\r\n'
SETTINGS = {
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.maxUploadSize": 10,
    "server.address": "127.0.0.1",
    "client.showErrorDetails": "type",
    "client.toolbarMode": "viewer",
    "browser.gatherUsageStats": False,
    "browser.serverAddress": "localhost",
}


def ask(address, method, path, body=None, **headers):
    """Status, headers and body of one answer."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=20)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_every_test_that_security_md_names_is_there():
    named = set(re.findall(r"`(tests/[^`]+)`", (ROOT / "SECURITY.md").read_text()))
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("option", SETTINGS)
def test_a_setting_is_what_is_promised(option):
    section, name = option.split(".")
    own = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    usual = config._config_options_template[option].default_val
    assert own[section].get(name, usual) == SETTINGS[option]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_upload_without_the_sites_own_token_is_refused(server, method):
    path = "/_stcore/upload_file/session/file"
    status, _, _ = ask(server, method, path, BODY, **FORM)
    assert status == 403
    status, _, _ = ask(server, method, path, BODY, **FORM, Cookie="_streamlit_xsrf=2|0|0|0", X_Xsrftoken="2|1|1|1")
    assert status == 403


def test_no_other_site_is_let_in(server):
    for path in ("/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/a/b"):
        _, headers, _ = ask(server, "OPTIONS", path, Origin="https://evil.example")
        allowed = headers.get("access-control-allow-origin")
        assert allowed is None or urlsplit(allowed).hostname in ("localhost", "127.0.0.1"), path
    status, _, _ = ask(server, "GET", "/_stcore/stream", **HANDSHAKE, Origin="https://evil.example")
    assert status != 101, "the socket opens for this site alone"


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../../README.md",
                                  "/media/../../README.md", "/component/../README.md",
                                  "/..%5c..%5cREADME.md"])  # fmt: skip
def test_no_address_leads_to_a_file_of_the_machine(server, path):
    status, _, body = ask(server, "GET", path)
    assert b"root:" not in body
    assert b"CCDS Explorer is" not in body
    assert status in (200, 307, 308, 400, 403, 404)


def test_a_bug_shows_its_kind_and_no_path(browser_shelf, visit, tmp_path, monkeypatch):
    monkeypatch.delenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS")
    script = tmp_path / "broken.py"
    script.write_text("import streamlit as st\nst.title('broken')\nraise RuntimeError('the secret ' + __file__)\n")
    with serve(browser_shelf, tmp_path / "log.txt", script) as address:
        page = visit(address)
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(1)
        text = page.content()
        page.close()  # before its server goes, whose absence it would complain of
    assert "RuntimeError" in text
    assert "the secret" not in text
    assert str(tmp_path) not in text
    assert "the secret" in (tmp_path / "log.txt").read_text()


def test_an_upload_stays_in_memory_whatever_it_is_called(server, visit, browser_shelf):
    before = sorted(browser_shelf.runs.parent.rglob("*"))
    page = visit(f"{server}/images?images_source=Upload")
    files = [{"name": "..%2f..%2fevil.png", "mimeType": "image/png", "buffer": b"\x89PNG no image"}]
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_test_id("stAlertContentError")).to_be_visible()
    after = [path for path in sorted(browser_shelf.runs.parent.rglob("*")) if ".jobs" not in path.parts]
    assert [path for path in after if path not in before] == []
