"""The WebSocket between a browser and an app, in the messages of textual-serve's terminal: JSON lists, a word first."""

import json
from typing import Any

from aiohttp import WSMsgType, web

from tui_cnn.serve.rate import Rate
from tui_cnn.serve.session import Session
from tui_cnn.serve.viewer import Viewer

MOST_MESSAGE = 256 << 10
"""Bytes of a message: a paste of some thousand lines."""
_MESSAGES, _BYTES = (200.0, 1000.0), (256 << 10, 1 << 20)
"""Messages and bytes that a browser may send, each second and at once; a mouse sends up to 120 messages a second."""
_HEARTBEAT = 20.0


def open_socket() -> web.WebSocketResponse:
    """Make a WebSocket that notices a browser that is gone, and takes no message that is too large."""
    return web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=MOST_MESSAGE)


async def use_session(session: Session, socket: web.WebSocketResponse, width: int, height: int) -> None:
    """Let a browser use an app until the connection ends."""
    viewer = Viewer(socket, session.repaint)
    await session.attach(viewer, width, height)
    try:
        async for words in _messages(socket):
            match words:
                case ["stdin", str(text)]:
                    await session.type(text)
                case ["resize", {"width": int(columns), "height": int(rows)}]:
                    await session.resize(columns, rows)
                case ["ping", str(sent)]:
                    await socket.send_json(["pong", sent[:40]])
                case ["focus"] | ["blur"]:
                    await session.focus(words == ["focus"])
    finally:
        session.detach(viewer)


async def watch_session(session: Session, socket: web.WebSocketResponse) -> None:
    """Show an app to a browser until the connection ends; what that sends has no effect."""
    viewer = Viewer(socket, session.repaint)
    session.watch(viewer)
    try:
        async for words in _messages(socket):
            if words[:1] == ["ping"]:
                await socket.send_json(["pong", ""])
    finally:
        session.unwatch(viewer)


async def _messages(socket: web.WebSocketResponse) -> Any:
    """Yield the messages as far as they are lists; what is sent too fast is read later."""
    messages, size = Rate(*_MESSAGES), Rate(*_BYTES)
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            continue
        await messages.wait(1)
        await size.wait(len(message.data))
        try:
            words = json.loads(message.data)
        except (ValueError, RecursionError):
            continue
        if isinstance(words, list):
            yield words
