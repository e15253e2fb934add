"""The short, seeded form of `make fuzz`; the long form and its numbers: docs/security-testing.md."""

import random

import pytest

from bot.domain.errors import VaultError
from tests.fuzz import delivery
from tests.fuzz.found import FOUND
from tests.fuzz.mutate import SECRET, each_place, vary
from tests.fuzz.run import Report, judge, plan, share
from tests.fuzz.targets import TARGETS, Target


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_crashes_a_parser_or_makes_it_say_the_planted_secret(name: str) -> None:
    wanted = TARGETS[name].short
    report = share(name, wanted, 7)
    assert report.failures == []
    assert report.inputs == report.answered + report.refused >= wanted


@pytest.mark.parametrize("number", range(len(FOUND)))
def test_what_once_crashed_stays_fixed(number: int) -> None:
    name, value = FOUND[number]
    report = Report(name)
    judge(name, TARGETS[name], value, report)
    assert report.failures == []


def test_the_hostile_payloads_come_from_everything_slack_sends_and_reach_our_listeners() -> None:
    found = delivery.rig()
    kinds = {str(one.get("type") or one.get("command")) for one in found.recorded}
    assert kinds == {
        "/greenlight", "view_submission", "block_actions", "shortcut", "event_callback"
    }  # fmt: skip
    calls = len(found.world.slack.calls)
    for payload in found.recorded:
        found.deliver(payload)
    methods = {one.method for one in found.world.slack.calls[calls:]}
    assert methods >= {"views.publish", "views.open", "response_url"}


@pytest.mark.parametrize("odd", ["x", None, 7, ["x"], {"x": "y"}], ids=str)
def test_no_place_of_a_payload_is_trusted_to_hold_what_it_should(odd: object) -> None:
    """Chance had not found all of them in some millions of inputs."""
    found = delivery.rig()
    kinds = {str(one.get("type") or one.get("command")): one for one in found.recorded}
    events = {one["event"]["type"]: one for one in found.recorded if one.get("event")}
    for payload in (kinds | events).values():
        for changed in each_place(payload, odd):
            found.deliver(changed)


def test_each_place_is_changed_once() -> None:
    start = {"a": [1, {"b": 2}]}
    assert list(each_place(start, 0)) == [{"a": 0}, {"a": [0, {"b": 2}]}, {"a": [1, 0]}, {"a": [1, {"b": 0}]}]
    assert start == {"a": [1, {"b": 2}]}


def test_a_delivery_that_nobody_foresaw_is_noticed() -> None:
    found = delivery.rig()
    for line in (
        {"event": "unforeseen", "error": "KeyError"},
        {"event": "visit_failed", "error": "KeyError"},
        {"event": "unreadable_payload", "error": "TypeError", "at": "handlers.intake:1"},
    ):
        with pytest.raises(AssertionError):
            found._hold([line])
    found._hold([{"event": "visit_failed", "error": "NotFound"}])


def test_a_crash_and_an_echo_are_noticed() -> None:
    def crash(_value: str) -> None:
        raise KeyError("unclassified")

    def echo(value: str) -> None:
        raise VaultError(f"this is wrong: {value}")

    for parse in (crash, echo, lambda value: [value]):
        report = Report("x")
        judge("x", Target(TARGETS["link"].inputs, parse, (VaultError,)), f"a {SECRET} b", report)
        assert len(report.failures) == 1


def test_variations_repeat_by_their_seed_and_differ() -> None:
    start = {"a": [1, {"b": "text"}], "c": SECRET}
    first, again = ([repr(vary(start, random.Random(n))) for n in range(50)] for _ in range(2))
    assert first == again
    assert len(set(first)) > 25


def test_a_plan_spreads_a_million_over_all_parsers() -> None:
    shares = list(plan(1_000_000, 1, 5000))
    assert sum(size for _, size, _ in shares) >= 1_000_000
    assert {name for name, _, _ in shares} == set(TARGETS)
    assert len({seed for _, _, seed in shares}) == len(shares)
