"""Several tenants in one variable: read strictly, and never repeated in an error."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from bot.domain.destination import Destination, Offer
from bot.domain.errors import NotOffered
from bot.domain.request import Scope
from bot.installed import offer_of, readable_tenants, terms_of
from bot.settings import Settings, SettingsError, load_settings
from bot.tenants import read
from tests.factories import a_request

ACME, EUROPE = "https://acme.goskope.com", "https://acme-eu.goskope.com"
CANARY = "canary-token-51c0"


def several(**tokens: str) -> Settings:
    return load_settings({"NETSKOPE_TENANTS": json.dumps({ACME: "one", EUROPE: "two"})} | tokens)


def test_each_address_has_its_own_token() -> None:
    found = several().tenants
    assert list(found) == [ACME, EUROPE]
    assert [token.get_secret_value() for token in found.values() if token] == ["one", "two"]


def test_the_short_form_is_one_more_tenant_and_the_usual_one() -> None:
    settings = several(NETSKOPE_TENANT_URL="https://first.goskope.com", NETSKOPE_API_TOKEN="zero")
    assert list(settings.tenants) == ["https://first.goskope.com", ACME, EUROPE]
    alone = load_settings({"NETSKOPE_TENANT_URL": ACME, "NETSKOPE_API_TOKEN": "zero"})
    assert (list(alone.tenants), readable_tenants(alone)) == ([ACME], {ACME, ""})


def test_a_tenant_without_a_token_may_be_asked_for_but_is_not_read() -> None:
    settings = load_settings({"NETSKOPE_TENANTS": json.dumps({ACME: "one", EUROPE: " "})})
    assert offer_of(settings).tenants == (ACME, EUROPE)
    assert readable_tenants(settings) == {ACME}
    terms = terms_of(settings)
    assert terms.looks(a_request(tenant=ACME))
    assert not terms.looks(a_request(tenant=EUROPE))
    assert not terms.looks(a_request(tenant=""))


@pytest.mark.parametrize(
    "text",
    [
        f'{{"{ACME}": "{CANARY}", "{ACME}/": "x"}}',
        f'{{"http://{CANARY}.example": "t"}}',
        f'{{"{ACME}": "two {CANARY}"}}',
        f'{{"{ACME}": ["{CANARY}"]}}',
        f'{{"{ACME}": {{"https://a.example": "{CANARY}"}}}}',
        f'["{CANARY}"]',
        f'"{CANARY}"',
        CANARY,
        "{}",
        "[" * 100_000,
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"NETSKOPE_TENANTS": text})
    assert "NETSKOPE_TENANTS must be a JSON object" in str(caught.value)
    with pytest.raises(ValueError, match="not acceptable") as refused:
        read(SecretStr(text))
    assert CANARY not in f"{caught.value}{caught.value.__context__}{refused.value}"


def test_every_token_is_among_the_secrets_that_the_log_hides() -> None:
    hidden = [secret.get_secret_value() for secret in several().secrets()]
    assert {"one", "two"} <= set(hidden)


def test_of_several_tenants_nobody_guesses_the_one_that_was_meant() -> None:
    offer = Offer(tenants=(ACME, EUROPE))
    assert offer.choose("", EUROPE, Scope.READ) == Destination("netskope", EUROPE)
    for tenant in ("", "https://evil.example"):
        with pytest.raises(NotOffered):
            offer.choose("", tenant, Scope.READ)
    assert Offer(tenants=(ACME,)).choose("", "", Scope.READ).tenant == ACME
    assert Offer().choose("", "", Scope.READ).tenant == ""
