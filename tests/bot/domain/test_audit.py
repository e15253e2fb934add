"""Whatever is done to a chain afterwards is found, and where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import Entry, flaws, link
from tests.bot.domain.samples import T0

SECRET, FOREIGN = b"this installation", b"somebody else"


def entry(seq: int, **changes: Any) -> Entry:
    fields = {
        "request": "GL-7K3M9Q",
        "seq": seq,
        "at": T0 + timedelta(minutes=seq),
        "event": "check_asked",
        "by": "U-ADA",
        "state_from": "checking",
        "state_to": "checking",
        "facts": {"note": "Grüße", "n": seq},
    }
    return Entry(**(fields | changes))


def chain(length: int = 5, secret: bytes = SECRET) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        entries.append(link(entry(seq), entries[-1].hash if entries else "", secret))
    return entries


def check(entries: list[Entry], secret: bytes | None = SECRET) -> list[str]:
    return flaws(entries, chain()[-1].hash, secret)


def test_a_whole_chain_has_no_flaws() -> None:
    assert check(chain()) == []
    assert flaws([], "", SECRET) == []


def test_a_chain_survives_storage() -> None:
    stored = [Entry.model_validate_json(item.model_dump_json()) for item in chain()]
    assert check(stored) == []


@pytest.mark.parametrize(
    "change",
    [
        {"request": "GL-OTHER0"},
        {"at": T0},
        {"event": "approved"},
        {"by": "U-EVE"},
        {"by": None},
        {"state_from": "in_review"},
        {"state_to": "connected"},
        {"facts": {}},
    ],
    ids=str,
)
def test_any_changed_field_is_found_at_its_place(change: dict[str, Any]) -> None:
    entries = chain()
    entries[2] = entries[2].model_copy(update=change)
    assert check(entries) == ["entry 3: content was changed"]


def test_a_changed_hash_is_found_although_content_and_seal_were_left_alone() -> None:
    entries = chain()
    entries[2] = entries[2].model_copy(update={"hash": "0" * 64})
    assert "entry 3: content was changed" in check(entries)
    assert "entry 3: seal does not match" in check(entries)
    assert "entry 4: does not follow the entry before it" in check(entries)


def test_a_removed_entry_is_found_where_it_is_missing() -> None:
    entries = chain()
    del entries[2]
    assert check(entries)[:2] == [
        "entry 3: sequence number 4",
        "entry 3: does not follow the entry before it",
    ]


def test_swapped_entries_are_found() -> None:
    entries = chain()
    entries[1], entries[2] = entries[2], entries[1]
    found = check(entries)
    assert "entry 2: sequence number 3" in found
    assert "entry 3: sequence number 2" in found


def test_a_repeated_entry_is_found() -> None:
    entries = chain()
    entries.insert(2, entries[1])
    assert check(entries)[0] == "entry 3: sequence number 2"


@pytest.mark.parametrize("left", [4, 1, 0])
def test_a_truncated_chain_is_found_by_the_head_the_request_remembers(left: int) -> None:
    assert check(chain()[:left]) == ["the end of the chain is not the head the request remembers"]


def test_a_forged_addition_is_found_even_with_a_valid_hash() -> None:
    entries = chain()
    forged = link(entry(6), entries[-1].hash, FOREIGN)
    assert flaws([*entries, forged], forged.hash, SECRET) == ["entry 6: seal does not match"]


def test_a_chain_rewritten_under_a_wrong_key_fails_at_every_entry() -> None:
    forged = chain(secret=FOREIGN)
    assert flaws(forged, forged[-1].hash, SECRET) == [f"entry {n}: seal does not match" for n in range(1, 6)]
    assert flaws(forged, forged[-1].hash, None) == []  # without the key only the chain itself can be checked


def test_a_seal_of_foreign_characters_is_a_flaw_not_a_crash() -> None:
    entries = chain()
    entries[0] = entries[0].model_copy(update={"seal": "ü"})
    assert check(entries) == ["entry 1: seal does not match"]
