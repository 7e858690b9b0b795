"""A session of the app without a browser: what Chromium would send and receive, message by message.

A browser on two cores is busier than the server that is to be measured; this speaks the same protocol and draws nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol


@dataclass
class Session:
    """One open page. query: what stands in its address; heard: everything received in the last run, as bytes."""

    socket: ClientConnection
    query: str
    page: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    heard: list[bytes] = field(default_factory=list)

    async def run(self, page: str | None = None, press: str = "", seconds: float = 60.0) -> float:
        """Opens a page (by title; the same one by default) or presses a button (by its label); seconds until it is drawn.

        Raises TimeoutError, and KeyError for a page or a button that is not there.
        """
        if page is not None:
            self.page = self.pages[page] if page else ""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page
        if press:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[press], True
        self.heard = []
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(seconds):
            while True:
                data = await self.socket.recv()
                assert isinstance(data, bytes)
                if self._take(data):
                    return time.perf_counter() - began

    def _take(self, data: bytes) -> bool:
        """Takes one message over; says whether the page is drawn."""
        self.heard.append(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {p.page_name: p.page_script_hash for p in message.navigation.app_pages}
            self.page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "button":
            button = message.delta.new_element.button
            self.buttons[button.label] = button.id
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise AssertionError(message.delta.new_element.exception.message)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise AssertionError("the app could not be compiled")
            return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def said(self, text: str) -> bool:
        """Whether something that was received in the last run holds this text."""
        return any(text.encode() in data for data in self.heard)


@asynccontextmanager
async def opened(address: str, query: str = "") -> AsyncIterator[Session]:
    """A session at the app's address; the first page is asked for by `run`."""
    host = urlsplit(address).netloc
    async with connect(
        f"ws://{host}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        origin=Origin(f"http://{host}"),
    ) as socket:
        yield Session(socket, query)
