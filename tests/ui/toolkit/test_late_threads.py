"""Threads that have something to tell."""

import asyncio

from tests.ui.driving import opened


async def test_what_a_thread_tells_an_app_that_is_closed_comes_too_late():
    async with opened() as user:
        app = user.app
        assert (await asyncio.to_thread(app.call_from_thread, app.screen.query_one, "#stack")).id == "stack"
    assert await asyncio.to_thread(app.call_from_thread, app.query_one, "#stack") is None
