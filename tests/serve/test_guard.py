"""Who is let in, and what is refused, as a client without a browser sees it."""

import aiohttp
import pytest
from yarl import URL

from tui_cnn.serve.people import ServeError
from tui_cnn.serve.server import addresses

PAGES = ("/", "/files")
OF_TEACHER = ("/class", "/class/wall", "/class/results.csv", "/watch?name=Ada", "/ws/Ada")


async def status(client, path, method="GET", **more):
    async with client.request(method, path, **more) as answer:
        return answer.status


async def refusal(served, client, path="/ws", **more):
    """Return the status with which a WebSocket is refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        await served.connect(client, path, **more)
    return error.value.status


async def test_a_link_is_exchanged_for_a_cookie_that_scripts_and_other_sites_do_not_get(serving):
    async with serving("Ada") as served:
        client = await served.browser()
        async with client.get(f"/join/{served.roster.people['Ada']}") as answer:
            cookie = answer.headers["Set-Cookie"]
            page = await answer.text()
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert served.roster.people["Ada"] not in cookie
        assert 'content="0; url=../"' in page  # no redirect: the cookie would not come along
        async with client.get("/") as answer:
            assert answer.status == 200
            assert "cnn-tui · Ada" in await answer.text()


@pytest.mark.parametrize("token", ["x", "", "é", "a" * 32, "..%2f"])
async def test_a_wrong_token_opens_nothing(serving, token):
    async with serving() as served:
        client = await served.browser()
        assert await status(client, f"/join/{token}") in (403, 404)
        assert not list(client.cookie_jar)
        assert await status(client, "/") == 401


async def test_without_a_cookie_there_is_nothing_to_see(serving):
    async with serving() as served:
        client = await served.browser()
        for path in (*PAGES, "/alive"):
            assert await status(client, path) == 401
        assert await status(client, "/files/x.toml", "PUT", data=b"x", headers={"Origin": served.origin}) == 401
        assert await refusal(served, client) == 401
        for path in OF_TEACHER[:-1]:
            assert await status(client, path) == 403
        assert await refusal(served, client, "/ws/Ada") == 403
        forged = {"Cookie": "; ".join(f"{name}={'A' * 43}" for name in (f"cnn-tui-{served.url.port}", "x"))}
        assert await status(client, "/", headers=forged) == 401


async def test_a_person_is_not_the_teacher_and_no_other_person(serving):
    async with serving("Ada", "Grace") as served:
        ada, grace = await served.browser("Ada"), await served.browser("Grace")
        for path in OF_TEACHER[:-1]:
            assert await status(ada, path) == 403
        assert await refusal(served, ada, "/ws/Grace") == 403
        assert await status(ada, "/class", "POST", data=b"x", headers={"Origin": served.origin}) == 403
        headers = {"Origin": served.origin}
        assert await status(ada, "/files/mine.txt", "PUT", data=b"x", headers=headers) == 200
        assert await status(ada, "/files/mine.txt") == 200
        assert await status(grace, "/files/mine.txt") == 404
        teacher = await served.browser(teacher=True)
        assert await status(teacher, "/class") == 200
        assert await refusal(served, teacher) == 401  # there is no app of the teacher's


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
async def test_another_name_of_this_machine_is_refused(serving, host):
    async with serving() as served:
        ada = await served.browser("Ada")
        headers = {"Host": host.format(port=served.url.port)}
        for path in ("/", "/alive", "/static/js/textual.js", f"/join/{served.roster.people['Ada']}"):
            assert await status(ada, path, headers=headers) in (400, 421)
        assert await refusal(served, ada, headers=headers) in (400, 421)


async def test_the_names_of_the_loopback_are_one(serving):
    async with serving() as served:
        ada = await served.browser("Ada")
        for name in ("localhost", "127.0.0.1", "LOCALHOST", "[::1]"):
            assert await status(ada, "/", headers={"Host": f"{name}:{served.url.port}"}) == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1", "http://127.0.0.1"]
)
async def test_another_site_gets_no_app_and_changes_nothing(serving, origin):
    async with serving() as served:
        ada = await served.browser("Ada")
        headers = {"Origin": origin.format(port=served.url.port)}
        assert await refusal(served, ada, headers=headers) == 403
        assert await status(ada, "/files/x.txt", "PUT", data=b"x", headers=headers) == 403
        assert await status(ada, "/", headers=headers) == 403
        assert served.server.sessions["Ada"].pid is None


async def test_what_changes_something_must_say_where_it_comes_from(serving):
    async with serving() as served:
        ada = await served.browser("Ada")
        assert await status(ada, "/files/x.txt", "PUT", data=b"x") == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as error:
            await ada.ws_connect("/ws")
        assert error.value.status == 403


async def test_the_address_behind_a_proxy_is_the_only_other_one(serving):
    async with serving(address="https://cnn.example/lab/") as served:
        client = await served.browser()
        token = served.roster.people["Ada"]
        outside = {"Host": "cnn.example"}
        async with client.get(f"/join/{token}", headers=outside) as answer:
            cookie = answer.headers["Set-Cookie"]
        assert "Secure" in cookie
        assert "Path=/lab" in cookie
        sent = outside | {"Cookie": cookie.partition(";")[0]}
        assert await status(client, "/", headers=sent | {"Origin": "https://cnn.example"}) == 200
        assert await status(client, "/", headers=sent | {"Origin": "http://cnn.example"}) == 403
        assert await status(client, "/", headers=sent | {"Host": "cnn.example:444"}) == 421


async def test_the_pages_run_no_foreign_script_and_stay_in_their_window(serving):
    async with serving() as served:
        ada = await served.browser("Ada")
        for path in ("/", "/files", "/own/serve.js", "/missing"):
            async with ada.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'; script-src 'self';" in policy
                assert "frame-ancestors 'self'" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_name_is_only_ever_text(serving):
    async with serving("O_Brien - x") as served:
        served.server.sessions["O_Brien - x"].name = "<b>"
        teacher = await served.browser(teacher=True)
        async with teacher.get("/watch", params={"name": "O_Brien - x"}) as answer:
            page = await answer.text()
        assert "&lt;b&gt;" in page
        assert "<b><b>" not in page


@pytest.mark.parametrize("public", ["cnn.example", "ftp://cnn.example", "https://", "https://x/?q", "http://[", "x:y"])
def test_an_address_that_is_none(public):
    with pytest.raises(ServeError, match="is no address; write --address"):
        addresses("127.0.0.1", 8000, public)


def test_all_interfaces_have_no_name_of_their_own():
    with pytest.raises(ServeError, match="--address http"):
        addresses("0.0.0.0", 8000, None)
    assert addresses("0.0.0.0", 8000, "https://cnn.example") == [URL("https://cnn.example/")]
