"""Which run of verdicts proves, which loses, and when 'verified' may be said."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.domain.diagnosis import LOSING, NEEDS_CORRECTION, NO_NEWS, Diagnosis, Verdict
from bot.domain.evidence import DEAD, Evidence, ProbeLog, Rung, Standing, Streak, shown, verified
from tests.bot.domain.samples import MINUTE, T0, evidence


def log(*answers: tuple[float, Verdict]) -> ProbeLog:
    """Verdicts at so many minutes after the start."""
    probes = ProbeLog()
    for minutes, verdict in answers:
        probes = probes.add(Diagnosis(verdict=verdict, row="1"), T0 + minutes * MINUTE)
    return probes


@pytest.mark.parametrize(
    "rungs", [chosen for size in range(6) for chosen in itertools.combinations(Rung, size)]
)
def test_verified_is_the_grant_and_either_the_record_or_the_green_check(rungs: tuple[Rung, ...]) -> None:
    expected = Rung.READ_GRANTED in rungs and bool(
        {Rung.INSTANCE_RECORDED, Rung.GREEN_CHECK_SEEN} & set(rungs)
    )
    assert verified(evidence(*rungs)) is expected


@pytest.mark.parametrize("rung", [Rung.READ_GRANTED, Rung.GREEN_CHECK_SEEN])
def test_a_lost_rung_is_not_shown(rung: Rung) -> None:
    found = evidence(Rung.READ_GRANTED, Rung.GREEN_CHECK_SEEN)
    found[rung] = found[rung].model_copy(update={"standing": Standing.LOST})
    assert not shown(found, rung)
    assert not verified(found)


@pytest.mark.parametrize(("apart", "proven"), [(59 / 60, False), (1, True), (600, True)])
def test_a_grant_is_proven_by_two_verdicts_a_minute_apart(apart: float, proven: bool) -> None:
    assert log((0, Verdict.GRANTED), (apart, Verdict.GRANTED)).proven(1) is proven


def test_one_verdict_proves_nothing_however_long_ago() -> None:
    assert not log((0, Verdict.GRANTED)).proven(1)
    assert not log((0, Verdict.GRANTED), (60, Verdict.OUTAGE)).proven(1)


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.GRANTED}))
def test_only_granted_proves(verdict: Verdict) -> None:
    assert not log((0, verdict), (5, verdict)).proven(1)


@pytest.mark.parametrize("verdict", Verdict)
def test_three_losing_verdicts_over_half_an_hour_lose(verdict: Verdict) -> None:
    assert log((0, verdict), (15, verdict), (30, verdict)).lost(1) is (verdict in LOSING)
    assert not log((0, verdict), (30, verdict)).lost(1)
    assert not log((0, verdict), (1, verdict), (29.9, verdict)).lost(1)


@pytest.mark.parametrize("verdict", Verdict)
def test_only_verdicts_about_the_key_itself_make_waiting_hopeless(verdict: Verdict) -> None:
    assert log((0, verdict), (15, verdict), (30, verdict)).hopeless(1) is (verdict in DEAD)
    assert frozenset({Verdict.REVOKED}) | NEEDS_CORRECTION == DEAD


def test_losing_verdicts_may_differ() -> None:
    assert log((0, Verdict.MISSING), (15, Verdict.REVOKED), (30, Verdict.PARTIAL)).lost(1)


def test_a_hopeless_key_has_lost_what_was_granted() -> None:
    """So evidence never outlives the key it was about."""
    for verdicts in itertools.product(
        [Verdict.MISSING, Verdict.REVOKED, Verdict.GRANTED, Verdict.UNCLEAR], repeat=5
    ):
        probes = log(*[(15 * place, verdict) for place, verdict in enumerate(verdicts)])
        assert probes.lost(1) or not probes.hopeless(1)


@pytest.mark.parametrize("other", [Verdict.GRANTED])
def test_one_granted_ends_the_doubt(other: Verdict) -> None:
    assert not log((0, Verdict.MISSING), (15, Verdict.MISSING), (20, other), (30, Verdict.MISSING)).lost(1)


def test_an_address_that_is_not_allowed_says_nothing_about_the_grant() -> None:
    assert Verdict.BLOCKED not in LOSING | DEAD
    log_ = log(*[(15 * place, Verdict.BLOCKED) for place in range(9)])
    assert not log_.lost(1)
    assert log_.blocked_since == T0
    assert log((0, Verdict.BLOCKED), (15, Verdict.GRANTED)).blocked_since is None
    assert log((0, Verdict.BLOCKED), (15, Verdict.OUTAGE)).blocked_since == T0


@pytest.mark.parametrize("other", [*sorted(NO_NEWS), Verdict.UNCLEAR, Verdict.BLOCKED])
def test_no_news_and_unclear_neither_end_nor_complete_a_doubt(other: Verdict) -> None:
    assert log((0, Verdict.MISSING), (15, Verdict.MISSING), (20, other), (30, Verdict.MISSING)).lost(1)
    assert not log((0, Verdict.MISSING), (1, Verdict.MISSING), (2, Verdict.MISSING), (60, other)).lost(1)


@pytest.mark.parametrize("other", sorted(NO_NEWS))
def test_no_news_says_since_when_until_the_next_answer(other: Verdict) -> None:
    assert log((0, Verdict.MISSING), (5, other), (9, other)).no_news_since == T0 + 5 * MINUTE
    assert log((0, Verdict.MISSING), (5, other), (9, Verdict.UNCLEAR)).no_news_since is None


def test_scale_shortens_both_spans() -> None:
    assert log((0, Verdict.GRANTED), (0.01, Verdict.GRANTED)).proven(0.01)
    assert log((0, Verdict.MISSING), (0.1, Verdict.MISSING), (0.3, Verdict.MISSING)).lost(0.01)


def test_a_clock_that_went_back_proves_nothing() -> None:
    assert not log((10, Verdict.GRANTED), (0, Verdict.GRANTED)).proven(1)


def test_a_streak_keeps_its_first_and_its_last_time() -> None:
    streak = Streak().add(T0).add(T0 + MINUTE)
    assert (streak.count, streak.since, streak.until) == (2, T0, T0 + MINUTE)
    assert not Streak().reaches(1, timedelta(0))


def test_a_record_keeps_what_a_newer_version_wrote_and_never_repeats_a_value() -> None:
    newer = Evidence.model_validate({"rung": "E1", "source": "x", "at": T0, "weight": 3})
    assert newer.model_copy(update={"by": "U1"}).model_dump()["weight"] == 3
    with pytest.raises(ValidationError) as caught:
        Evidence.model_validate({"rung": "sk-secret-value", "source": "x", "at": T0})
    assert "sk-secret-value" not in str(caught.value)
