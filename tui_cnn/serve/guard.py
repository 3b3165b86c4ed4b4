"""What every request must satisfy, before anything is done with it: the right Host, a right Origin, and a cookie.

A page of another site can make a browser send requests here: it cannot choose the Origin of what changes something or
opens a WebSocket, and its own name, let lead to this machine (DNS rebinding), is no Host of ours.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from yarl import URL

from tui_cnn.i18n import _
from tui_cnn.serve.people import Roster

TEACHER = ""
"""Stands where a person's name would, for the teacher: no person has an empty name."""

_MOST_COOKIES = 16
"""Browsers that one person can be signed in with; the oldest are signed out."""
_SAFE = ("GET", "HEAD")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Knows the addresses under which the pages are reached, and who has which cookie."""

    def __init__(self, addresses: Iterable[URL], roster: Roster, port: int) -> None:
        urls = tuple(addresses)
        self.address = urls[0]
        self._origins = {str(url.origin()) for url in urls}
        self._hosts = {_host(url) for url in urls}
        self._tokens = {roster.teacher: TEACHER} | {token: name for name, token in roster.people.items()}
        self._cookies: dict[str, str] = {}
        self._name = f"cnn-tui-{port}"  # cookies do not know ports: two servers of a machine share them

    def sign_in(self, token: str, response: web.StreamResponse) -> str | None:
        """Give a cookie for a token, and return whose it is; None: there is no such token.

        A token has 192 random bits, so that there is no need to count wrong ones.
        """
        matching = [own for own in self._tokens if hmac.compare_digest(own.encode(), token.encode())]
        if not matching:
            return None
        who = self._tokens[matching[0]]
        earlier = [cookie for cookie, owner in self._cookies.items() if owner == who]
        for cookie in earlier[: len(earlier) + 1 - _MOST_COOKIES]:
            del self._cookies[cookie]
        cookie = secrets.token_urlsafe(32)
        self._cookies[cookie] = who
        path = self.address.path.rstrip("/") or "/"
        secure = self.address.scheme == "https"
        response.set_cookie(self._name, cookie, path=path, httponly=True, samesite="Strict", secure=secure)
        return who

    def who(self, request: web.Request) -> str | None:
        """Return who has sent a request; None: nobody who is signed in."""
        return self._cookies.get(request.cookies.get(self._name, ""))

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what comes under another name or from another site; put headers on all answers."""
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return web.Response(status=421, text=_("unknown address; open the link as you got it") + "\n")
        origins = request.headers.getall("Origin", [])
        changes = request.method not in _SAFE or "Upgrade" in request.headers
        if (changes and not origins) or any(origin not in self._origins for origin in origins):
            return web.Response(status=403, text=_("this request comes from another site") + "\n")
        try:
            response = await handler(request)
        except web.HTTPException as error:
            self._add_headers(request, error)
            raise
        self._add_headers(request, response)
        return response

    def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        if response.prepared:
            return
        socket = request.headers["Host"]
        headers = {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
                f"img-src 'self' data:; connect-src 'self' ws://{socket} wss://{socket}; form-action 'self'; "
                "frame-ancestors 'self'; base-uri 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",  # without any, the browser sends no Origin either
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-cache" if request.path.startswith("/static/") else "no-store",
        }
        for name, value in headers.items():
            response.headers.setdefault(name, value)


def _host(url: URL) -> str:
    """Return the Host header of a browser that is at a URL."""
    name = f"[{url.host}]" if ":" in str(url.host) else str(url.host)
    return name.lower() if url.is_default_port() else f"{name}:{url.port}".lower()
