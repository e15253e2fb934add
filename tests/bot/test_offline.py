"""An export or a mirror tells by itself what was done to it: threat 14, tampering and loss."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.vault import Keyring, derive
from bot.domain.audit import Entry, end_seal, link
from bot.domain.errors import GreenlightError
from bot.domain.request import State
from bot.offline import AUDIT_PURPOSE, differences, read_mirror, secret_of, verify_file
from bot.views.pack import Pack, build
from bot.views.pack_files import files
from tests.factories import NOW, TERMS, story

KEYS = Keyring.generate()
SECRET = derive(KEYS.installation_secret, AUDIT_PURPOSE)


def chained(state: State = State.CONNECTED) -> tuple[Any, list[Entry]]:
    told, prev, entries = story(state), "", []
    for entry in told.entries:
        entries.append(link(entry, prev, SECRET))
        prev = entries[-1].hash
    return told.request.model_copy(update={"audit_head": prev}), entries


def a_pack(state: State = State.CONNECTED) -> Pack:
    request, entries = chained(state)
    seal = end_seal(request.id, request.version, request.audit_head, SECRET)
    return json.loads(json.dumps(build(request, entries, TERMS, NOW + timedelta(days=3), seal)))


def verified(folder: Path, pack: Pack, secret: bytes | None = SECRET) -> list[str]:
    """What is found in the pack as it is now, sealed as a whole by whoever changed it: the chain's flaws."""
    return read(folder, "json", files(pack, SECRET)["GL-7K3M9Q.json"], secret)


def read(folder: Path, kind: str, text: str, secret: bytes | None = SECRET) -> list[str]:
    (folder / f"export.{kind}").write_text(text)
    (found,) = verify_file(folder / f"export.{kind}", secret).values()
    return found


def entries_of(pack: Pack) -> list[dict[str, Any]]:
    return pack["chain"]["entries"]


@pytest.mark.parametrize("state", State)
def test_an_honest_export_is_intact_as_json_and_as_html(tmp_path: Path, state: State) -> None:
    pack = a_pack(state)
    assert verified(tmp_path, pack) == []
    assert read(tmp_path, "html", files(pack, SECRET)["GL-7K3M9Q.html"]) == []


@pytest.mark.parametrize("kind", ["json", "html"])
def test_a_field_that_stands_twice_hides_nothing(tmp_path: Path, kind: str) -> None:
    text = files(a_pack(), SECRET)["GL-7K3M9Q.json"]
    forged = text.replace("{", '{"format": "<h1>GL-7K3M9Q was denied</h1>",', 1)  # a browser shows this one
    assert json.loads(forged) == json.loads(text)
    with pytest.raises(GreenlightError):
        read(tmp_path, kind, forged)
    doubled = '{"by": "U0EVE",' + chained()[1][0].model_dump_json()[1:]
    (tmp_path / "mirror.jsonl").write_text(f"{doubled}\n{'[' * 100_000}")
    assert [one.partition(":")[0] for one in verify_file(tmp_path / "mirror.jsonl", SECRET)["mirror"]] == [
        "line 1",
        "line 2",
    ]


@pytest.mark.parametrize("part", ["verdict", "decisions", "rungs", "mail", "timeline", "request", "people"])
def test_a_summary_that_says_something_else_than_was_exported_is_found(tmp_path: Path, part: str) -> None:
    text = files(a_pack(), SECRET)["GL-7K3M9Q.json"]
    forged = json.loads(text)
    forged[part] = forged[part] | {"U0EVE": "Eve"} if isinstance(forged[part], dict) else "Forged"
    changed = "what stands around the chain was changed, or comes without its seal"
    assert read(tmp_path, "json", json.dumps(forged)) == [changed]
    del forged["seal"]
    assert read(tmp_path, "json", json.dumps(forged)) == [changed]
    assert read(tmp_path, "json", json.dumps(json.loads(text))) == []  # how it is laid out does not matter


def test_a_page_that_shows_something_else_than_was_exported_is_found(tmp_path: Path) -> None:
    text = files(a_pack(), SECRET)["GL-7K3M9Q.html"]
    forged = text.replace("Verified", "Proven", 1)
    assert read(tmp_path, "html", text.replace("\n", "\r\n")) == []  # a mail program may do this
    for other in (forged, forged.partition("<!-- seal")[0], f"{text}<p>More</p>"):
        assert read(tmp_path, "html", other) == ["the page was changed, or comes without its seal"]


def test_the_key_set_on_the_disk_checks_the_seals(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(KEYS.with_new_primary().dump().get_secret_value())
    assert verified(tmp_path, a_pack(), secret_of(tmp_path / "keys")) == []
    (tmp_path / "others").write_text(Keyring.generate().dump().get_secret_value())
    assert "seal" in verified(tmp_path, a_pack(), secret_of(tmp_path / "others"))[0]


def change(pack: Pack) -> None:
    entries_of(pack)[2]["by"] = "U0SOMEONE"


def swap(pack: Pack) -> None:
    entries_of(pack)[1:3] = reversed(entries_of(pack)[1:3])


def drop_middle(pack: Pack) -> None:
    del entries_of(pack)[2]


def drop_end(pack: Pack) -> None:
    del entries_of(pack)[-2:]


def drop_start(pack: Pack) -> None:
    del entries_of(pack)[0]


def repeat(pack: Pack) -> None:
    entries_of(pack).insert(2, copy.deepcopy(entries_of(pack)[1]))


@pytest.mark.parametrize(
    ("harm", "place"),
    [
        (change, "entry 3: content was changed"),
        (swap, "entry 2: sequence number 3"),
        (drop_middle, "entry 3: sequence number 4"),
        (drop_end, "entries are missing: 5 of 7 are there"),
        (drop_start, "entry 1: sequence number 2"),
        (repeat, "entry 3: sequence number 2"),
    ],
)
@pytest.mark.parametrize("secret", [SECRET, None], ids=["with keys", "without keys"])
def test_what_was_changed_removed_or_moved_is_found_and_located(
    tmp_path: Path, harm: Callable[[Pack], None], place: str, secret: bytes | None
) -> None:
    pack = a_pack()
    harm(pack)
    assert place in verified(tmp_path, pack, secret)


def rehash(entries: list[dict[str, Any]]) -> str:
    """What a forger without the key can do: make every hash and link fit again."""
    prev = ""
    for number, raw in enumerate(entries):
        fake = link(Entry.model_validate(raw), prev, b"a guess")
        entries[number] = fake.model_dump(mode="json") | {"seal": raw["seal"]}
        prev = fake.hash
    return prev


def test_a_forger_who_makes_every_hash_fit_is_given_away_by_the_seals(tmp_path: Path) -> None:
    pack = a_pack()
    change(pack)
    pack["chain"]["head"] = rehash(entries_of(pack))
    assert verified(tmp_path, pack, None) == []
    found = verified(tmp_path, pack)
    assert "entry 3: seal does not match" in found
    assert "entry 2: seal does not match" not in found


def test_a_shortened_export_whose_end_was_made_to_fit_is_given_away_by_the_seal_of_the_end(
    tmp_path: Path,
) -> None:
    pack = a_pack()
    drop_end(pack)
    pack["chain"] |= {"head": entries_of(pack)[-1]["hash"], "length": len(entries_of(pack))}
    assert verified(tmp_path, pack) == ["the seal of the end does not match: the last entries may be missing"]


def test_entries_of_another_request_do_not_pass(tmp_path: Path) -> None:
    pack = a_pack()
    pack["request"]["id"] = "GL-AAAAAA"
    text = files(pack, SECRET)["GL-AAAAAA.json"]
    assert "entry 1: is of GL-7K3M9Q" in read(tmp_path, "json", text)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "greenlight-evidence/1"}', "<html></html>"])
def test_a_file_of_another_kind_is_said_to_be_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "export.json").write_text(text)
    with pytest.raises(GreenlightError, match="no evidence pack"):
        verify_file(tmp_path / "export.json", None)
    with pytest.raises(GreenlightError, match="cannot be read"):
        verify_file(tmp_path / "none.json", None)


def a_mirror(folder: Path, lines: list[str]) -> dict[str, list[str]]:
    (folder / "audit.jsonl").write_text("\n".join(lines) + "\n")
    return verify_file(folder / "audit.jsonl", SECRET)


def test_a_mirror_may_come_in_any_order_and_twice(tmp_path: Path) -> None:
    lines = [entry.model_dump_json() for entry in chained()[1]]
    assert a_mirror(tmp_path, [*reversed(lines), lines[1]]) == {"GL-7K3M9Q": []}


@pytest.mark.parametrize("inside", ["\u2028", "\u2029", "\x85", "\r", "\n"])
def test_a_line_of_a_mirror_ends_where_the_bot_ended_it(tmp_path: Path, inside: str) -> None:
    said = chained()[1][0].model_copy(update={"facts": {"hint": f"one{inside}two"}})
    entry = link(said, "", SECRET)
    assert a_mirror(tmp_path, [entry.model_dump_json()]) == {"GL-7K3M9Q": []}
    assert read_mirror(tmp_path / "audit.jsonl") == {"GL-7K3M9Q": [entry]}


def test_a_gap_a_change_and_a_torn_line_of_a_mirror_are_located(tmp_path: Path) -> None:
    entries = chained()[1]
    lines = [entry.model_dump_json() for entry in entries]
    assert "entry 3: sequence number 4" in a_mirror(tmp_path, lines[:2] + lines[3:])["GL-7K3M9Q"]
    other = entries[2].model_copy(update={"by": "U0SOMEONE"}).model_dump_json()
    assert a_mirror(tmp_path, [*lines, other])["GL-7K3M9Q"] == ["line 8: says something else about entry 3"]
    assert a_mirror(tmp_path, [lines[0][:40], *lines])["mirror"] == ["line 1: is no audit entry"]


def test_a_chain_that_an_insider_wrote_anew_differs_from_the_copy(tmp_path: Path) -> None:
    entries = chained()[1]
    (tmp_path / "audit.jsonl").write_text("\n".join(entry.model_dump_json() for entry in entries))
    (copies,) = read_mirror(tmp_path / "audit.jsonl").values()
    assert differences(entries, copies) == []
    prev, anew = "", []
    for entry in [entries[0].model_copy(update={"by": "U0SOMEONE"}), *entries[1:-1]]:
        anew.append(link(entry, prev, SECRET))
        prev = anew[-1].hash
    found = differences(anew, copies)
    assert found[0] == "entry 1: differs from the copy"
    assert found[-1] == "entry 7: is only in the copy"
