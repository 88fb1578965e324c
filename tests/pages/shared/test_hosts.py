"""Which Host headers name this machine or what its operator named."""

import socket

import psutil
import pytest

from pages.ui.shared.hosts import is_allowed, own_names

OURS = ("localhost", "LOCALHOST", "localhost.", "localhost:8501", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:8501",
        "[::ffff:127.0.0.1]:8501")  # fmt: skip
OTHERS = ("", ":8501", "lab.school", "localhost.lab.school", "xlocalhost", "me@localhost", "localhost/x", "localhost?x",
          "localhost#x", "localhost:x", "localhost:", "[::1", "::1", "127.1", "203.0.113.1", "[2001:db8::1]",
          "0.0.0.0", "*", "*.school.example", "localhost,lab.school", "localhost lab.school",
          "localhost\n.school")  # fmt: skip


@pytest.mark.parametrize("host", OURS)
def test_this_machine_is_allowed(host):
    assert is_allowed(host, own_names())


@pytest.mark.parametrize("host", OTHERS)
def test_everything_else_is_refused(host):
    assert not is_allowed(host, own_names())


def test_every_address_and_the_names_of_this_machine_are_allowed():
    kinds = {socket.AF_INET: "{}", socket.AF_INET6: "[{}]"}
    entries = [entry for entries in psutil.net_if_addrs().values() for entry in entries if entry.family in kinds]
    assert entries
    for entry in entries:
        assert is_allowed(kinds[entry.family].format(entry.address), own_names())
    short = socket.gethostname().split(".")[0]
    for name in (socket.gethostname(), short, f"{short}.local"):
        assert is_allowed(f"{name.upper()}:8501", own_names())


@pytest.mark.parametrize("named", ["lab.school", " LAB.school ,other", "*.school", ",*.x, lab.school", "[2001:db8::1]"])
def test_the_operator_names_further_ones(monkeypatch, named):
    hosts = [host for host in OTHERS if is_allowed(host, own_names())]
    assert hosts == []
    monkeypatch.setenv("CCDS_ALLOWED_HOSTS", named)
    expected = {"[2001:db8::1]"} if "::" in named else {"lab.school"}
    assert {host for host in OTHERS if is_allowed(host, own_names())} - {"localhost.lab.school"} == expected


@pytest.mark.parametrize("option", ["SERVER_ADDRESS", "BROWSER_SERVER_ADDRESS"])
def test_what_streamlit_is_told_counts_as_named(monkeypatch, option):
    from streamlit import config

    name = {"SERVER_ADDRESS": "server.address", "BROWSER_SERVER_ADDRESS": "browser.serverAddress"}[option]
    before = config.get_option(name)
    config.set_option(name, "0.0.0.0")
    try:
        assert is_allowed("0.0.0.0:8501", own_names())
    finally:
        config.set_option(name, before)
