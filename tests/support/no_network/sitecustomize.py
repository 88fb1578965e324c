"""Loaded by Python itself where this folder is on its path: any call to another machine fails, and is written down.

Calls are connections, datagrams and looked-up names. `CCDS_CALLS` is the file of the calls; the file of the same name
with the suffix `.watched` lists the processes that loaded this one.
"""

import os
import sys
from pathlib import Path

HERE = ("127.0.0.1", "::1", "localhost", "0.0.0.0", None, "")
TO_ADDRESS = ("socket.connect", "socket.sendto", "socket.sendmsg")  # (socket, address): TCP or UDP
BY_NAME = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")  # (name, ...)
CALLS = Path(os.environ["CCDS_CALLS"])


def _host(event: str, arguments: tuple[object, ...]) -> object:
    if event in TO_ADDRESS or event == "socket.getnameinfo":  # getnameinfo: (address,)
        address = arguments[-1]
        return address[0] if isinstance(address, tuple) else None  # a path is a socket on this machine
    name = arguments[0] if event in BY_NAME else None
    return name.decode(errors="replace") if isinstance(name, bytes | bytearray) else name


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith("socket.") and (host := _host(event, arguments)) not in HERE:
        with CALLS.open("a") as log:
            log.write(f"{event} {host}\n")
        raise OSError(f"the network is blocked: {event} {host}")


sys.addaudithook(_refuse)
with CALLS.with_suffix(".watched").open("a") as watched:
    watched.write(f"{os.getpid()}\n")
