"""The server answers under its own names alone, and to no other site's page; it looks up no name to find that out.

`serve` fails a test whose server called another machine or looked up a name.
"""

import socket
from urllib.parse import urlsplit

import psutil
import pytest

from pages.ui.shared import hosts
from tests.browser.conftest import serve
from tests.browser.test_security import BODY, FORM, HANDSHAKE, ask

OTHERS = ("lab.school", "example", "203.0.113.1", "localhost.lab.school", "127.0.0.1.lab.school")
PATHS = (
    ("GET", "/"),
    ("GET", "/train"),
    ("GET", "/_stcore/health"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/media/0.png"),
    ("GET", "/static/x.js"),
    ("PUT", "/_stcore/upload_file/session/file"),
    ("DELETE", "/_stcore/upload_file/session/file"),
    ("OPTIONS", "/_stcore/upload_file/session/file"),
    ("POST", "/_stcore/agent/interact"),
)


@pytest.fixture(scope="module")
def room(browser_shelf, tmp_path_factory):
    """A server that is open to a room, as the README says, and may be called by more names; and its log."""
    log = tmp_path_factory.mktemp("room") / "log.txt"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
        patch.setenv("CCDS_ALLOWED_HOSTS", "Lab.School.Example, *.class.example")
        with serve(browser_shelf, log) as address:
            yield address, log


def upgrade(address, **headers):
    """The status of a websocket's handshake."""
    return ask(address, "GET", "/_stcore/stream", **HANDSHAKE, **headers)[0]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_request_under_another_name_is_refused_in_a_sentence(server, method, path):
    for name in OTHERS:
        host = f"{name}:{urlsplit(server).port}"
        status, _, body = ask(server, method, path, BODY, **FORM, Host=host, Origin=f"http://{host}")
        assert (status, body.decode()) == (403, f"{hosts.WRONG_NAME}\n")
        assert upgrade(server, Host=host, Origin=f"http://{host}") == 403


def test_an_image_is_sent_under_the_servers_own_name_alone(server, visit):
    page = visit(f"{server}/images")
    path = urlsplit(page.locator("img[src*='/media/']").first.get_attribute("src")).path
    own, others = (ask(server, "GET", path, Host=host) for host in (urlsplit(server).netloc, "lab.school"))
    assert own[0] == 200
    assert others[0] == 403


def test_a_name_that_leads_to_this_machine_opens_no_page(server, browser):
    """DNS rebinding: for the browser the attacker's site and the app are then one site."""
    page = browser.new_page()
    answer = page.goto(f"http://lab.school:{urlsplit(server).port}/")
    assert answer.status == 403
    assert page.locator("body").inner_text().strip() == hosts.WRONG_NAME
    page.close()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost:1", "http://127.0.0.1", "http://lab.school", "null", "file://"]
)
def test_a_page_of_another_site_is_refused(room, origin):
    """Each of these made Streamlit look up its own address outside, or was let in."""
    address, log = room
    assert upgrade(address, Origin=origin) == 403
    status, _, body = ask(address, "PUT", "/_stcore/upload_file/session/file", BODY, **FORM, Origin=origin)
    assert (status, body.decode()) == (403, f"{hosts.WRONG_SITE}\n")
    assert hosts.WRONG_SITE in log.read_text()


def test_the_room_and_the_operators_names_are_answered(room):
    address, _ = room
    port = urlsplit(address).port
    interfaces = [entry for entries in psutil.net_if_addrs().values() for entry in entries]
    addresses = [entry.address for entry in interfaces if entry.family == socket.AF_INET]
    names = ["localhost", "[::1]", socket.gethostname(), "lab.school.example", "a.class.example", "A.b.Class.Example."]
    for name in [*addresses, *names]:
        host = f"{name}:{port}"
        assert ask(address, "GET", "/", Host=host)[0] == 200, host
        assert upgrade(address, Host=host, Origin=f"http://{host}") == 101, host
    for name in ("class.example", "xclass.example", "x.lab.school.example"):
        assert ask(address, "GET", "/", Host=name)[0] == 403, name


def test_the_rooms_page_works_by_its_address(room, visit):
    address, _ = room
    visit(address.replace("127.0.0.1", "localhost"))
    assert "http://localhost:" in room[1].read_text(), "the address is printed, and was not asked for outside"
