"""Which requests the server answers: those under a name of this machine or of its operator, from no other site's page.

Streamlit compares the header Origin with Host. A name that an attacker lets point to this machine (DNS rebinding)
passes that, and where the two differ Streamlit asks an outside service for its own address. So both are checked here,
before Streamlit reads the request: for pages, images, uploads and the websocket.
"""

import logging
import os
import re
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

import psutil
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

VARIABLE = "CCDS_ALLOWED_HOSTS"  # names and addresses, separated by commas; `*.school.example` is any name below
HOST = re.compile(r"([\w.-]+|\[[\w.:%]+\])(:\d{1,5})?", re.ASCII)  # a name or an address, and a port
OPTIONS = ("server.address", "browser.serverAddress")  # where Streamlit's own settings name the machine
WRONG_NAME = (
    "This server does not answer under this name. Open it under its own name or address, "
    f"or let its operator add the name to {VARIABLE}."
)
WRONG_SITE = (
    "This server answers to no other site. If a proxy stands in front of it, "
    "let the proxy pass on the Host header with its port."
)
LOG = logging.getLogger(__name__)


class HostCheck:
    """ASGI middleware that refuses a foreign Host or Origin with status 403; it calls no other machine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.names = own_names()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here, or pass it on."""
        reason = self._fault(Headers(scope=scope)) if scope["type"] in ("http", "websocket") else None
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(f"{reason}\n", 403)(scope, receive, send)
        else:  # status 403 too; no browser shows what a refused websocket says, so the operator is told
            LOG.warning("A websocket was refused: %s", reason)
            await send({"type": "websocket.close", "code": 1008})

    def _fault(self, headers: Headers) -> str | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not is_allowed(hosts[0], self.names):
            return WRONG_NAME
        origins = [urlsplit(origin).netloc for origin in headers.getlist("origin")]
        return None if all(origin == hosts[0] for origin in origins) else WRONG_SITE


def own_names() -> frozenset[str]:
    """This machine's names, and the names, addresses and patterns (`*.school.example`) of its settings; lower case."""
    machine = socket.gethostname()
    short = machine.split(".")[0]
    named = [config.get_option(option) or "" for option in OPTIONS] + os.environ.get(VARIABLE, "").split(",")
    names = {"localhost", machine, short, f"{short}.local", *(name.strip(" []") for name in named)}
    return frozenset(name.lower() for name in names - {""})


def is_allowed(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header is one of the names, fits one of their patterns, or is an address of this machine."""
    match = HOST.fullmatch(host)
    if match is None:
        return False
    name = match[1].strip("[]").lower().removesuffix(".")
    return name in names or any(name.endswith(end[1:]) for end in names if end.startswith("*.")) or _is_here(name)


def _is_here(name: str) -> bool:
    """An address of this machine's interfaces; read anew each time, since a laptop changes its network."""
    try:
        address = ip_address(name.split("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    interfaces = (entry.address for entries in psutil.net_if_addrs().values() for entry in entries)
    return address.is_loopback or str(address) in {text.split("%")[0] for text in interfaces}
