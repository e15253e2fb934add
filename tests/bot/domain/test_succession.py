"""A new key beside an old one: what may stand beside what, who takes over, what is left to be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import request as r
from bot.domain.errors import AlreadySaid, NotPossible
from bot.domain.lifecycle import Step
from bot.domain.request import State
from tests.bot.domain.samples import DRAFT, MINUTE, REQUESTER, fresh, play, reach, step

OLD = "GL-AAAAAA"
HEIR = DRAFT.model_copy(update={"replaces": OLD})


def heir(state: State) -> r.Request:
    request = reach(state)
    return request.model_copy(update={"draft": HEIR})


def test_a_rotation_stands_beside_what_it_replaces_and_in_its_place_afterwards() -> None:
    old, new, other = (
        fresh(),
        fresh(draft=HEIR),
        fresh(draft=HEIR.model_copy(update={"replaces": "GL-BBBBBB"})),
    )
    assert len({old.connection, new.connection, other.connection}) == 3
    assert fresh(draft=HEIR).connection == new.connection  # a second rotation of the same one is refused
    took_over = play(heir(State.CONNECTED), (MINUTE, r.TookOver(replaced=OLD)))
    assert took_over.connection == old.connection


def test_an_approval_names_what_is_replaced_and_older_approvals_keep_their_fingerprint() -> None:
    assert fresh(draft=HEIR).fingerprint != fresh().fingerprint
    assert fresh().fingerprint == "dded883776a5c5ed"  # of a request stored before there were rotations


def test_succession_begins_when_the_new_one_is_proven_and_only_then() -> None:
    proven = step(heir(State.VERIFYING), r.GreenCheckSeen(by=REQUESTER))
    assert proven.request.state is State.CONNECTED
    assert Step.SUCCEED in {due.step for due in proven.due}
    plain = step(reach(State.VERIFYING), r.GreenCheckSeen(by=REQUESTER))
    assert Step.SUCCEED not in {due.step for due in plain.due}


def test_what_is_replaced_retires_and_its_key_is_destroyed() -> None:
    for state in (State.CONNECTED, State.ATTENTION):
        moved = step(reach(state), r.Replaced(successor="GL-7K3M9Q"))
        assert (moved.request.state, moved.request.succeeded_by) == (State.RETIRED, "GL-7K3M9Q")
        assert moved.destroys_key
    with pytest.raises(NotPossible):
        step(reach(State.AWAITING_OPENAI), r.Replaced(successor="GL-7K3M9Q"))


def test_taking_over_happens_once_and_only_from_what_was_named() -> None:
    with pytest.raises(AlreadySaid):
        step(heir(State.CONNECTED), r.TookOver(replaced="GL-ZZZZZZ"))
    done = play(heir(State.CONNECTED), (MINUTE, r.TookOver(replaced=OLD)))
    with pytest.raises(AlreadySaid):
        step(done, r.TookOver(replaced=OLD))


def test_each_chore_is_confirmed_once_under_a_name() -> None:
    done = play(reach(State.RETIRED), (MINUTE, r.ChoreDone(by=REQUESTER, chore=r.Chore.KEY_DELETED)))
    assert [(record.chore, record.by) for record in done.chores] == [("key_deleted", REQUESTER)]
    with pytest.raises(AlreadySaid):
        step(done, r.ChoreDone(by="U-BOB", chore=r.Chore.KEY_DELETED))
    both = play(done, (MINUTE, r.ChoreDone(by="U-BOB", chore=r.Chore.INSTANCE_DELETED)))
    assert len(both.chores) == 2
    assert both.state is State.RETIRED


@pytest.mark.parametrize(("days", "notice"), [(100, 86), (10, 0), (-3, 0)])
def test_before_a_key_expires_people_are_told_in_time(days: int, notice: int) -> None:
    request = reach(State.VERIFYING)
    expires = (request.updated_at + timedelta(days=days)).date()
    request = request.model_copy(update={"draft": DRAFT.model_copy(update={"expires_on": expires})})
    moved = step(request, r.GreenCheckSeen(by=REQUESTER))
    at = {due.step: due.at for due in moved.due}[Step.WARN]
    midnight = datetime.combine(expires, datetime.min.time(), UTC)
    assert at == (midnight - timedelta(days=14) if notice else moved.request.updated_at)


def test_a_key_that_never_expires_causes_no_notice() -> None:
    moved = step(reach(State.VERIFYING), r.GreenCheckSeen(by=REQUESTER))
    assert Step.WARN not in {due.step for due in moved.due}
    assert Step.WARN in moved.clear
