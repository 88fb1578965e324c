"""One browser tab without a browser: Streamlit's websocket protocol, spoken with its own protobuf classes.

The protocol is internal to Streamlit and may change with it; nothing but measurements and their tests hang on this.
"""

import asyncio
import re
import time
from dataclasses import dataclass, field
from uuid import uuid4

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

LARGEST = 50_000_000  # bytes of a message
PATIENCE = 120.0  # seconds until a page that does not end is an error
XSRF = "_streamlit_xsrf"
Value = bool | str | float | list[str]


class PageError(Exception):
    """A page that showed an exception, did not end, or lacked what it should show."""


@dataclass(frozen=True)
class Shown:
    """What one run of a page brought, and how long it took from the wish to its end."""

    seconds: float
    text: str  # headings, paragraphs, notices, and what charts are called
    n_bytes: int
    n_messages: int


@dataclass
class Visitor:
    """A session: `visit` a page, `choose` on it, `upload` to it."""

    address: str
    socket: ClientConnection
    session: str = ""
    pages: dict[str, str] = field(default_factory=dict)  # url path -> the page's hash
    page: str = ""
    widgets: dict[str, str] = field(default_factory=dict)  # key -> the id that the server gave it
    chosen: dict[str, WidgetState] = field(default_factory=dict)  # id -> what this visitor chose
    kept: dict[str, ForwardMsg] = field(default_factory=dict)  # hash -> a large message, sent by name the next time

    @classmethod
    async def arrive(cls, address: str) -> "Visitor":
        """A new session; no page has run in it yet."""
        socket = await connect(
            f"{address.replace('http', 'ws', 1)}/_stcore/stream", subprotocols=["streamlit"], max_size=LARGEST,
            compression=None, ping_interval=None,
        )  # fmt: skip
        return cls(address, socket)

    async def visit(self, page: str) -> Shown:
        """Follow a link to a page; the first one is a deep link, as typed into a browser."""
        self.widgets.clear()
        self.page = self.pages.get(page, "")
        return await self._run(page)

    async def choose(self, **choices: Value) -> Shown:
        """Set widgets by their keys, and have the page run."""
        for key, value in choices.items():
            self._keep(key, value)
        return await self._run()

    async def upload(self, key: str, name: str, content: bytes) -> Shown:
        """Bring a file to an uploader, as the front end does: ask where to, put it there, have the page run."""
        began = time.perf_counter()
        asked = BackMsg()
        asked.file_urls_request.request_id = uuid4().hex
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        await self.socket.send(asked.SerializeToString())
        answer = await self._receive()
        while answer.WhichOneof("type") != "file_urls_response":
            answer = await self._receive()
        urls = answer.file_urls_response.file_urls[0]
        await asyncio.to_thread(_put, self.address, urls.upload_url, name, content)
        state = WidgetState(id=self._id_of(key))
        info = state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=urls.file_id
        )
        info.file_urls.CopyFrom(urls)
        self.chosen[state.id] = state
        return await self._run(began=began)

    async def leave(self) -> None:
        """Close the tab."""
        await self.socket.close()

    async def _run(self, page: str = "", began: float | None = None) -> Shown:
        began = began or time.perf_counter()
        asked = BackMsg()
        asked.rerun_script.page_script_hash = self.page
        asked.rerun_script.page_name = "" if page == "home" else page
        asked.rerun_script.cached_message_hashes.extend(self.kept)
        asked.rerun_script.widget_states.widgets.extend(self.chosen.values())
        await self.socket.send(asked.SerializeToString())
        texts: list[str] = []
        n_bytes = n_messages = 0
        while True:
            message = await self._receive()
            n_bytes, n_messages = n_bytes + message.ByteSize(), n_messages + 1
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                message, kind = self.kept[message.ref_hash], "delta"
            if kind == "delta":
                texts += self._read(message)
            elif kind == "navigation":
                self.pages = {
                    page.url_pathname or "home": page.page_script_hash for page in message.navigation.app_pages
                }
                self.page = message.navigation.page_script_hash
            elif kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            elif kind == "page_not_found":
                raise PageError(f"there is no page '{page}'")
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
        return Shown(time.perf_counter() - began, "\n".join(texts), n_bytes, n_messages)

    async def _receive(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        return message

    def _read(self, message: ForwardMsg) -> list[str]:
        """What an element says; its widget is remembered, and the message where it is a large one."""
        if message.metadata.cacheable:
            self.kept[message.hash] = message
        if message.delta.WhichOneof("type") != "new_element":
            return [message.delta.add_block.expandable.label]
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        part = getattr(element, kind)
        if kind == "exception":
            raise PageError(f"{part.type}: {part.message}")
        if widget := re.fullmatch(r"\$\$ID-[^-]+-(.+)", getattr(part, "id", "")):
            self.widgets[widget[1]] = part.id
        return [str(getattr(part, name)) for name in ("body", "alt", "label") if getattr(part, name, "")]

    def _keep(self, key: str, value: Value) -> None:
        state = WidgetState(id=self._id_of(key))
        if isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, str):
            state.string_value = value
        elif isinstance(value, list):
            state.string_array_value.data.extend(value)
        else:
            state.double_array_value.data.append(value)
        self.chosen[state.id] = state

    def _id_of(self, key: str) -> str:
        if key not in self.widgets:
            raise PageError(f"the page has no widget '{key}'; it has {', '.join(sorted(self.widgets))}")
        return self.widgets[key]


def _put(address: str, path: str, name: str, content: bytes) -> None:
    """Send a file with the token that guards uploads."""
    with requests.Session() as browser:
        browser.get(f"{address}/_stcore/health", timeout=PATIENCE)
        token = {"X-Xsrftoken": browser.cookies[XSRF]}
        answer = browser.put(address + path, files={"file": (name, content)}, headers=token, timeout=PATIENCE)
    answer.raise_for_status()
