"""Two tenants and two workspaces side by side; no tenant ever sees the token of the other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.evidence import Rung, shown
from bot.domain.request import Request, State
from bot.sandbox import local
from bot.sandbox.netskope import NetskopeSandbox
from bot.sandbox.slack import text_of
from tests.journeys.conftest import INSTANCE, Journey, Start
from tests.wait import until

OTHER_WORKSPACE = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
WHICH = "Netskope tenant"


class Tenant(NetskopeSandbox):
    """A tenant that remembers every token it was shown."""

    def __init__(self, token: str) -> None:
        super().__init__(token=token)
        self.shown: set[str] = set()

    def routes(self, app: web.Application) -> None:
        """Look at the token before anything else."""

        @web.middleware
        async def look(request: web.Request, handler):  # type: ignore[no-untyped-def]
            self.shown.add(request.headers.get("Netskope-Api-Token", ""))
            return await handler(request)

        app.middlewares.append(look)
        super().routes(app)

    @property
    def host(self) -> str:
        """How the form and the Home tab call it."""
        return self.tenant_url.removeprefix("http://")


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Tenant, Tenant]]:
    async with Tenant("token-of-the-first") as first, Tenant("token-of-the-second") as second:
        yield first, second


def settings(first: Tenant, second: Tenant, **tokens: str) -> dict[str, str]:
    both = {one.tenant_url: tokens.get(one.token, one.token) for one in (first, second)}
    return {"NETSKOPE_TENANT_URL": "", "NETSKOPE_API_TOKEN": "", "NETSKOPE_TENANTS": json.dumps(both)}


async def asked(journey: Journey, tenant: Tenant, workspace: str, name: str = INSTANCE) -> Request:
    """Ask for one workspace and one tenant, and have it approved and granted."""
    before = {one.id for one in await journey.home.ground.store.requests()}
    key = journey.world.new_key("read_delete", workspace)
    person = await journey.open_form()
    typed = {"API key": key, "Workspace ID": workspace, WHICH: tenant.tenant_url, "Instance name": name}
    sent = await person.submit(journey.form() | typed)
    assert "is open" in text_of(sent.view), (sent.errors, sent.view and text_of(sent.view))
    (new,) = {one.id for one in await journey.home.ground.store.requests()} - before
    await until(lambda: waiting(journey, new), what="its card", timeout=30)
    await journey.rita.click(waiting(journey, new), "Approve")
    return await reached(journey, new, State.AWAITING_NETSKOPE)


def waiting(journey: Journey, request_id: str):  # type: ignore[no-untyped-def]
    texts = [(one, text_of(one)) for one in journey.cards()]
    return next((one for one, text in texts if request_id in text and "Waiting for review" in text), None)


async def reached(journey: Journey, request_id: str, state: State) -> Request:
    async def there() -> Request | None:
        request = await journey.home.service.get(request_id)
        return request if request.state is state else None

    return await until(there, what=f"{request_id} at {state}", timeout=30)


async def test_two_workspaces_with_one_tenant_and_one_with_two_run_side_by_side(
    begin: Start, pair: tuple[Tenant, Tenant]
) -> None:
    first, second = pair
    journey = await begin(**settings(first, second))
    one = await asked(journey, first, local.WORKSPACE)
    other = await asked(journey, first, OTHER_WORKSPACE, "Second workspace")
    beside = await asked(journey, second, local.WORKSPACE)
    assert [request.tenant for request in (one, other, beside)] == [
        first.tenant_url,
        first.tenant_url,
        second.tenant_url,
    ]
    # Only the second tenant records an instance: it proves the one request that is for it.
    second.create_instance(local.APP, INSTANCE, local.WORKSPACE)
    proven = await reached(journey, beside.id, State.CONNECTED)
    assert shown(proven.evidence, Rung.INSTANCE_RECORDED)
    for request in (one, other):
        still = await journey.home.service.get(request.id)
        assert (still.state, shown(still.evidence, Rung.INSTANCE_RECORDED)) == (
            State.AWAITING_NETSKOPE,
            False,
        )
    first.create_instance(local.APP, "Second workspace", OTHER_WORKSPACE)
    assert (await reached(journey, other.id, State.CONNECTED)).tenant == first.tenant_url
    assert first.shown == {first.token}
    assert second.shown == {second.token}
    assert first.violations == second.violations == []


async def test_the_home_tab_names_the_tenant_of_each_connection(
    begin: Start, pair: tuple[Tenant, Tenant]
) -> None:
    first, second = pair
    journey = await begin(**settings(first, second))
    await asked(journey, first, local.WORKSPACE)
    await asked(journey, second, local.WORKSPACE)
    await journey.alice.open_home()

    def both() -> bool:
        view = journey.alice.home
        return view is not None and all(one.host in text_of(view) for one in pair)

    await until(both, what="both tenants on the Home tab", timeout=30)


async def test_a_tenant_without_a_token_is_asked_nothing_and_says_what_is_out_of_reach(
    begin: Start, pair: tuple[Tenant, Tenant]
) -> None:
    first, second = pair
    journey = await begin(**settings(first, second, **{second.token: ""}))
    request = await asked(journey, second, local.WORKSPACE)
    second.create_instance(local.APP, INSTANCE, local.WORKSPACE)
    await journey.press("I pressed Grant Access")
    await reached(journey, request.id, State.VERIFYING)
    card = await journey.card_says("Gathering evidence")
    assert text_of(card).count("out of reach: this installation has no Netskope token") == 2
    await journey.press("I see the green check")
    await reached(journey, request.id, State.CONNECTED)
    assert second.calls == []
    assert second.shown == set()


async def test_of_several_tenants_one_has_to_be_chosen(begin: Start, pair: tuple[Tenant, Tenant]) -> None:
    journey = await begin(**settings(*pair))
    person = await journey.open_form()
    journey.new_key()
    sent = await person.submit(journey.form())
    assert set(sent.errors) == {WHICH}
    assert await journey.home.ground.store.requests() == []
