"""slack_sdk's methods over our one session, without what each of its calls costs besides.

slack_sdk's own way from a method to the wire takes about as long as the request by aiohttp itself: it joins
addresses, rebuilds every header, prepares retries that we never ask for, and encodes the same form anew for
every click. The methods, their arguments, answers and errors stay slack_sdk's.
"""

from __future__ import annotations

import json as codec
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Prepared

_JSON = "application/json;charset=utf-8"


class PooledClient(AsyncWebClient):
    """An `AsyncWebClient` whose calls go straight to its session."""

    async def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        files: Any = None,
        data: Any = None,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        headers: Any = None,
        auth: Any = None,
    ) -> AsyncSlackResponse:
        """Call one method; files and the like go slack_sdk's own way."""
        if self.session is None or files or data or headers or auth:
            return await super().api_call(
                api_method,
                http_verb=http_verb,
                files=files,
                data=data,
                params=params,
                json=json,
                headers=headers,
                auth=auth,
            )
        arguments = _given(params if json is None else json)
        token = arguments.pop("token", self.token)
        if json is None:
            return await self._ask(http_verb, api_method, token, query=_as_query(arguments))
        return await self._ask(http_verb, api_method, token, body=codec.dumps(arguments))

    async def views_open(
        self,
        *,
        trigger_id: str | None = None,
        interactivity_pointer: str | None = None,
        view: Any,
        **more: Any,
    ) -> AsyncSlackResponse:
        """Open a view; one that was prepared is not encoded again."""
        if not isinstance(view, Prepared) or self.session is None or interactivity_pointer or more:
            return await super().views_open(
                trigger_id=trigger_id, interactivity_pointer=interactivity_pointer, view=view, **more
            )
        body = f'{{"trigger_id":{codec.dumps(trigger_id)},"view":{view.text}}}'
        return await self._ask("POST", "views.open", self.token, body=body)

    async def _ask(
        self,
        verb: str,
        method: str,
        token: str | None,
        *,
        query: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> AsyncSlackResponse:
        assert self.session is not None  # noqa: S101  # both callers looked
        url = f"{self.base_url}{method}"
        async with self.session.request(
            verb,
            url,
            params=query,
            data=None if body is None else body.encode(),
            headers=self._heads(token, is_json=body is not None),
            proxy=self.proxy,
            ssl=self.ssl or True,
            allow_redirects=False,
        ) as answer:
            found = _parsed(await answer.read(), answer)
        # Errors carry this object; it says neither the token nor what was sent.
        said = AsyncSlackResponse(
            client=self,
            http_verb=verb,
            api_url=url,
            req_args={},
            data=found,
            headers=dict(answer.headers),
            status_code=answer.status,
        )
        said.validate()
        return said

    def _heads(self, token: str | None, *, is_json: bool) -> dict[str, str]:
        heads = dict(self.headers)
        if is_json:
            heads["Content-Type"] = _JSON
        if token:
            heads["Authorization"] = f"Bearer {token}"
        return heads


def _given(arguments: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (arguments or {}).items() if value is not None}


def _as_query(arguments: Mapping[str, Any]) -> dict[str, str]:
    """As slack_sdk writes them: yes and no are 1 and 0."""
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value) for name, value in arguments.items()
    }


def _parsed(raw: bytes, answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Slack's answer; a page that a proxy wrote, or nothing, is none."""
    try:
        found = codec.loads(raw)
    except ValueError:
        raise SlackApiError("The answer is no JSON.", answer) from None
    return found if isinstance(found, dict) else {}
