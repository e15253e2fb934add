"""The one-time page for the key: looked at as often as anybody likes, used once, by a form of its own.

Preview robots only look (GET, HEAD), so they use nothing up.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import structlog
from aiohttp import web

from bot.domain.errors import BadLink, GreenlightError, LinkUsed, TooMany, UserError, WornOut
from bot.domain.ticket import LIFETIME, Purpose
from bot.key_page import Given, KeyPage
from bot.links import PATHS
from bot.server import read_body
from bot.views import one_time, words
from bot.views.language import say, speak

MOST_BYTES = 8 * 1024
log = structlog.get_logger()


def headers(*, is_https: bool = True) -> dict[str, str]:
    """Return the headers of every page: nothing kept, nothing sent on, nothing from elsewhere, no frame."""
    found = {
        "Content-Security-Policy": one_time.policy(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    return found | ({"Strict-Transport-Security": "max-age=31536000"} if is_https else {})


class Gate:
    """Tells a post of our own page from one that another site's page makes the browser send."""

    def __init__(self, public_url: str, purpose: Purpose) -> None:
        self._origin = origin_of(public_url)
        self._path = urlsplit(public_url).path.rstrip("/") + PATHS[purpose]  # as the browser sees it
        self._is_https = public_url.startswith("https:")
        self._cookie = "__Secure-greenlight-page" if self._is_https else "greenlight-page"

    def mark(self, request: web.Request, answer: web.Response) -> web.Response:
        """Give the browser that looks at a page a cookie, which goes back to this page alone."""
        token = request.match_info["token"]
        answer.set_cookie(
            self._cookie,
            _digest(token),
            max_age=int(LIFETIME.total_seconds()),
            path=f"{self._path}/{token}",
            httponly=True,
            secure=self._is_https,
            samesite="Strict",
        )
        return answer

    def is_strange(self, request: web.Request) -> bool:
        """Whether a browser says that another site's page made this post; what is no browser says nothing.

        `Sec-Fetch-Site` decides. Without it (an older browser, a proxy that drops it) our page's own post has
        the origin `null`, because its referrer policy is `no-referrer`: then the page's cookie decides.
        """
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site != "same-origin"
        origin = request.headers.get("Origin", self._origin)
        if origin == "null":
            brought = request.cookies.get(self._cookie, "")
            given = _digest(request.match_info["token"])
            return not hmac.compare_digest(brought.encode(), given.encode())
        return origin != self._origin


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, as a browser writes them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def paths(public_url: str, purpose: Purpose) -> tuple[str, ...]:
    """Return where a page is served: also below the path of the public address, for proxies that keep it."""
    below = urlsplit(public_url).path.rstrip("/")
    return tuple(dict.fromkeys((PATHS[purpose], below + PATHS[purpose])))


class KeyPages:
    """Routes of the key page."""

    def __init__(self, page: KeyPage, public_url: str) -> None:
        self._page = page
        self._public_url = public_url
        self._gate = Gate(public_url, Purpose.INTAKE)
        self._headers = headers(is_https=public_url.startswith("https:"))

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, for the bot's own server."""
        found = []
        for path in paths(self._public_url, Purpose.INTAKE):
            found += [web.get(f"{path}/{{token}}", self.show), web.post(f"{path}/{{token}}", self.take)]
        return found

    async def show(self, request: web.Request) -> web.Response:
        """Show the form, or why there is none."""
        speak_to(request)
        try:
            about = await self._page.look(request.match_info["token"])
        except GreenlightError as error:
            return self._trouble(error)
        return self._gate.mark(request, self._html(one_time.key_form(about)))

    async def take(self, request: web.Request) -> web.Response:
        """Take the key; a wrong one gets the form again, with words."""
        speak_to(request)
        if self._gate.is_strange(request):
            return self._html(
                one_time.trouble("Not from here", "Another site sent this. Nothing was used."), 403
            )
        if request.content_type != "application/x-www-form-urlencoded":
            return self._html(one_time.trouble("Not a form", "Use the form of the page."), 415)
        body = await read_body(request, MOST_BYTES)
        if body is None:
            return self._html(
                one_time.trouble("Too much", "This is more than a key, or came too slowly."), 413
            )
        token = request.match_info["token"]
        try:
            given = await self._page.give(token, _field(body))
            if given.outcome is None:
                return self._html(one_time.key_form(await self._page.look(token), given.problem), 422)
        except GreenlightError as error:
            return self._trouble(error)
        return self._taken(given)

    def _taken(self, given: Given) -> web.Response:
        assert given.outcome  # noqa: S101  # `take` looked
        request = given.outcome.request
        return self._html(one_time.key_taken(request.id, request.key.last4, given.warnings))

    def _trouble(self, error: GreenlightError) -> web.Response:
        if not isinstance(error, UserError):
            log.warning("key_page_failed", error=type(error).__name__)
        status, page = trouble(error)
        return self._html(page, status)

    def _html(self, page: str, status: int = 200) -> web.Response:
        return web.Response(text=page, content_type="text/html", status=status, headers=self._headers)


def trouble(error: GreenlightError) -> tuple[int, str]:
    """Return status and page for what went wrong."""
    match error:
        case BadLink():
            return 404, one_time.trouble(
                "This link does not work", "I did not make it. Type /greenlight in Slack to get one."
            )
        case LinkUsed(request_id=str() as found) if found:
            said = say("It opened or corrected request {id}. What is typed here now is not taken.", id=found)
            return 410, one_time.trouble("This link was used", said)
        case LinkUsed():
            said = say(
                "A link lasts ten minutes, and nothing was saved. Type /greenlight in Slack to start again."
            )
            return 410, one_time.trouble("This link has run out", said)
        case WornOut():
            return 429, one_time.trouble("Too many tries", plain(words.error(error)))
        case TooMany():
            return 429, one_time.trouble("Not now", plain(words.error(error)))
        case UserError():
            return 409, one_time.trouble("Not taken", plain(words.error(error)))
        case _:
            return 503, one_time.trouble("Not now", plain(words.error(error)))


def speak_to(request: web.Request) -> None:
    """Speak what the browser asks for first: the page does not know the person's Slack locale."""
    speak(request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0])


def plain(text: str) -> str:
    """Drop mrkdwn marks from words of ours."""
    return text.replace("*", "").replace("`", "")


def _field(body: bytes) -> str:
    fields = parse_qs(body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=None)
    return fields.get(one_time.FIELD, [""])[0]
