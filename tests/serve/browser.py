"""A real Chromium, spoken to in the DevTools protocol: nothing but the browser has to be installed."""

import asyncio
import base64
import json
import shutil
import subprocess
from contextlib import suppress

import aiohttp

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Backspace": ("Backspace", 8, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
}


class Browser:
    """A headless browser; each page has cookies of its own."""

    def __init__(self, profile, *flags):
        self._profile = profile
        self._flags = flags
        self._answers = {}
        self._pages = {}
        self._number = 0

    async def __aenter__(self):
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        flags += [*self._flags, "--remote-debugging-port=0", f"--user-data-dir={self._profile}"]
        self._process = subprocess.Popen(
            [CHROMIUM, *flags, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port = self._profile / "DevToolsActivePort"
        while not port.exists() or len(port.read_text().splitlines()) < 2:
            assert self._process.poll() is None, "Chromium has ended"
            await asyncio.sleep(0.05)
        number, path = port.read_text().splitlines()[:2]
        self._client = aiohttp.ClientSession()
        self._socket = await self._client.ws_connect(f"ws://127.0.0.1:{number}{path}", max_msg_size=0)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_details):
        self._reading.cancel()
        await self._socket.close()
        await self._client.close()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    async def ask(self, method, session=None, **parameters):
        self._number += 1
        number = self._number
        waiting = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        answer = await waiting
        del self._answers[number]
        assert "error" not in answer, (method, answer)
        return answer["result"]

    async def open(self, address, width=1000, height=640, *, touch=False):
        """Open an address in a page of its own, as another person's browser would; `touch`: that of a tablet."""
        context = (await self.ask("Target.createBrowserContext"))["browserContextId"]
        return await self._open(address, context, width, height, touch=touch)

    async def open_beside(self, page, address):
        """Open an address in another window of a page's browser."""
        return await self._open(address, page.context, 1000, 640)

    async def _open(self, address, context, width, height, *, touch=False):
        made = await self.ask("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await self.ask("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        page = Page(self, attached["sessionId"], context)
        self._pages[attached["sessionId"]] = page
        for part in ("Page", "Runtime", "Network"):
            await page.ask(f"{part}.enable")
        await page.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        await page.turn(width, height, mobile=touch)
        if touch:
            await page.ask("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
        await page.go(address)
        return page

    async def _read(self):
        async for message in self._socket:
            event = json.loads(message.data)
            if "id" in event:
                self._answers[event["id"]].set_result(event)
            elif event.get("sessionId") in self._pages:
                self._pages[event["sessionId"]].take(event["method"], event["params"])


class Page:
    """A page; `drawn` is what its terminal has received since it was loaded last, `size` what it has, in cells."""

    def __init__(self, browser, session, context):
        self._browser = browser
        self._session = session
        self.context = context
        self.drawn = bytearray()
        self.size = 0, 0

    def ask(self, method, **parameters):
        return self._browser.ask(method, self._session, **parameters)

    def take(self, method, event):
        if method == "Network.webSocketFrameReceived" and event["response"]["opcode"] == 2:
            self.drawn += base64.b64decode(event["response"]["payloadData"])
        if method == "Network.webSocketFrameSent" and event["response"]["payloadData"].startswith('["resize"'):
            size = json.loads(event["response"]["payloadData"])[1]
            self.size = size["width"], size["height"]
        if method == "Network.webSocketCreated":
            self.drawn.clear()

    async def go(self, address):
        await self.ask("Page.navigate", url=address)

    async def reload(self):
        await self.ask("Page.reload")

    async def value(self, expression):
        """Return what an expression is in the page."""
        answer = await self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, expression, seconds=60):
        """Wait until an expression is true in the page."""
        async with asyncio.timeout(seconds):
            while True:
                with suppress(AssertionError):  # between two pages there is no context
                    if await self.value(expression):
                        return
                await asyncio.sleep(0.05)

    async def press(self, key):
        """Press a key: a letter, also with `ctrl+`, or one of `KEYS`."""
        modifiers, key = (2, key[5:]) if key.startswith("ctrl+") else (0, key)
        name, code, text = KEYS[key] if key in KEYS else (key, ord(key.upper()), key)
        text = "" if modifiers else text
        about = {"modifiers": modifiers, "key": name, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        await self.ask("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", **about)

    async def mouse(self, kind, x, y, **more):
        """Move the mouse, press or release its button (`mouseMoved`, `mousePressed`, `mouseReleased`)."""
        await self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    async def turn(self, width, height, *, mobile=True):
        """Give the page other sides, as turning a tablet does."""
        size = {"width": width, "height": height}
        await self.ask("Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=mobile)

    async def middle(self, selector):
        """Return where the middle of an element is."""
        return await self.value(
            f'(() => {{ const box = document.querySelector("{selector}").getBoundingClientRect();'
            " return [box.left + box.width / 2, box.top + box.height / 2]; })()"
        )

    async def click(self, selector):
        """Click on the middle of an element."""
        x, y = await self.middle(selector)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.mouse(kind, x, y, button="left", clickCount=1)

    async def download_to(self, directory):
        """Let what is downloaded go into a directory."""
        where = {"browserContextId": self.context, "downloadPath": str(directory)}
        await self._browser.ask("Browser.setDownloadBehavior", behavior="allow", **where)

    async def tap(self, selector):
        """Tap on the middle of an element."""
        x, y = await self.middle(selector)
        await self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        await self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    async def picture(self):
        """Return the page as a PNG."""
        return base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"])
