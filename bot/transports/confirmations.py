"""The pages of a step-up: before the sign-in (looked at, used once), and where it ends."""

from __future__ import annotations

import secrets

import structlog
from aiohttp import web

from bot.domain.errors import BadLink, GreenlightError, LinkUsed, TooMany, Transient, UserError
from bot.domain.ticket import Purpose
from bot.step_up import StepUp
from bot.transports.pages import Gate, headers, paths, speak_to, trouble
from bot.views import one_time
from bot.views import step_up as view
from bot.views.language import say

BACK = "/confirmed"
COOKIE_SECONDS = 600
log = structlog.get_logger()


class ConfirmationPages:
    """Routes of the confirmation."""

    def __init__(self, step_up: StepUp, public_url: str) -> None:
        self._step_up = step_up
        self._public_url = public_url
        self._gate = Gate(public_url, Purpose.STEP_UP)
        self._is_https = public_url.startswith("https:")
        self._headers = headers(is_https=self._is_https)
        self._cookie = "__Host-greenlight" if self._is_https else "greenlight"

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, for the bot's own server."""
        found = []
        for path in paths(self._public_url, Purpose.STEP_UP):
            found += [web.get(f"{path}/{{token}}", self.show), web.post(f"{path}/{{token}}", self.leave)]
            found.append(web.get(path.removesuffix("/confirm") + BACK, self.arrive))
        return found

    async def show(self, request: web.Request) -> web.Response:
        """Show what would be approved; looking uses nothing up."""
        speak_to(request)
        try:
            reviewer, requester, subject = await self._step_up.look(request.match_info["token"])
        except GreenlightError as error:
            return self._trouble(error)
        return self._gate.mark(request, self._html(view.confirm_form(reviewer, requester, subject)))

    async def leave(self, request: web.Request) -> web.Response:
        """Send this browser, and no other, to the provider."""
        speak_to(request)
        if self._gate.is_strange(request):
            return self._html(
                one_time.trouble("Not from here", "Another site sent this. Nothing was used."), 403
            )
        browser = secrets.token_urlsafe(32)
        try:
            where = await self._step_up.leave(request.match_info["token"], browser)
        except GreenlightError as error:
            return self._trouble(error)
        # A page that goes on by itself, no redirect: the policy stops a form's redirect to any origin that it
        # does not name, and where the provider sends people to sign in need not be the issuer's.
        answer = self._html(view.on_the_way(where))
        # Lax: the provider's redirect is a navigation from another site, and has to bring the cookie.
        answer.set_cookie(
            self._cookie,
            browser,
            max_age=COOKIE_SECONDS,
            path="/",
            httponly=True,
            secure=self._is_https,
            samesite="Lax",
        )
        return answer

    async def arrive(self, request: web.Request) -> web.Response:
        """Take the provider's answer; an error of the provider approves nothing."""
        speak_to(request)
        asked = request.query
        if request.method != "GET" or not asked.get("code") or len(asked["code"]) > 2048:
            return self._html(
                one_time.trouble("Not approved", "You did not sign in. Nothing was changed."), 400
            )
        try:
            outcome = await self._step_up.arrive(
                asked.get("state", ""), asked["code"], request.cookies.get(self._cookie, "")
            )
        except GreenlightError as error:
            return self._trouble(error)
        answer = self._html(view.confirmed(outcome.request))
        answer.del_cookie(self._cookie, path="/", httponly=True, secure=self._is_https, samesite="Lax")
        return answer

    def _trouble(self, error: GreenlightError) -> web.Response:
        if not isinstance(error, UserError):
            said = getattr(error, "said", "")
            log.warning("step_up_failed", error=type(error).__name__, said=said)
        if not isinstance(error, UserError | Transient):
            words = say(
                "The sign-in could not be verified, so nothing was approved. Press Approve in Slack again."
            )
            return self._html(one_time.trouble("Not approved", words), 403)
        status, page = _over(error) or trouble(error)
        return self._html(page, status)

    def _html(self, page: str, status: int = 200) -> web.Response:
        return web.Response(text=page, content_type="text/html", status=status, headers=self._headers)


def _over(error: GreenlightError) -> tuple[int, str] | None:
    """Return status and page where a way to an approval ends; None for what any page says."""
    match error:
        case BadLink():
            said = say("It is not for this browser, or I did not make it. Press Approve in Slack again.")
            return 404, one_time.trouble("This link does not work", said)
        case LinkUsed():
            said = say(
                "This page was used, or its ten minutes are over. Whether the request was approved stands on "
                "the card in Slack; if it was not, press Approve again."
            )
            return 410, one_time.trouble("This page is over", said)
        case TooMany():
            said = say("Too many tries. Press Approve in Slack again to get a new link.")
            return 429, one_time.trouble("Too many tries", said)
        case _:
            return None
