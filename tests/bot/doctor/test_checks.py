"""What cannot be broken in the local world is judged here by its facts alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.doctor import Standing, as_json, as_message, as_text, exit_code, outside, slack, store
from bot.doctor.finding import failure, ok, unseen, warning
from bot.doctor.seen import GroupSeen, HostSeen, PersonSeen, SlackSeen, StoreSeen

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OK, UNSEEN, WARNING, FAILURE = Standing


class TestTheStore:
    @pytest.mark.parametrize(
        ("product", "version", "standing"),
        [
            ("redis", (6, 2, 14), FAILURE),
            ("redis", (7, 0, 0), OK),
            ("valkey", (7, 2, 5), FAILURE),
            ("valkey", (8, 0, 0), OK),
            ("keydb", (6,), UNSEEN),
            ("redis", (), UNSEEN),
        ],
    )
    def test_only_servers_that_are_new_enough_will_do(self, product, version, standing) -> None:
        (finding, _) = store.server(StoreSeen(product=product, version=version, milliseconds=1))
        assert finding.standing is standing

    @pytest.mark.parametrize(("took", "standing"), [(1, OK), (50, WARNING), (300, FAILURE)])
    def test_a_slow_way_to_the_server_is_noticed(self, took, standing) -> None:
        (_, finding) = store.server(StoreSeen(product="redis", version=(7,), milliseconds=took))
        assert finding.standing is standing

    def test_a_server_that_refuses_writes_is_no_server(self) -> None:
        seen = StoreSeen(product="redis", version=(7,), milliseconds=1, write_error="ReadOnlyError")
        assert "ReadOnlyError" in store.server(seen)[-1].why

    @pytest.mark.parametrize(
        ("url", "standing"),
        [
            (None, OK),
            ("unix:///run/redis.sock", OK),
            ("redis://127.0.0.1:6379/0", OK),
            ("redis://cache.example.com:6379", WARNING),
            ("rediss://cache.example.com:6379", OK),
            ("rediss+cluster://cache.example.com:6379", OK),
        ],
    )
    def test_a_plain_way_out_of_this_machine_is_a_warning(self, url, standing) -> None:
        assert store.transport(url).standing is standing

    def test_what_a_managed_server_does_not_tell_is_not_called_well(self) -> None:
        seen = StoreSeen(product="redis", version=(7,))
        checks = (store.persistence(seen), store.eviction(seen), store.account(seen, embedded=False))
        assert {finding.standing for finding in checks} == {UNSEEN}

    @pytest.mark.parametrize(
        ("free", "standing"), [(10**12, OK), (500 * 2**20, WARNING), (50 * 2**20, FAILURE)]
    )
    def test_a_full_disk_is_noticed_before_it_is_full(self, free, standing) -> None:
        assert store.disk(free, "var").standing is standing


class TestTheWayOut:
    def test_a_public_address_is_named_for_the_allow_list(self) -> None:
        assert "203.0.113.7" in outside.egress("203.0.113.7", None).why

    @pytest.mark.parametrize(("address", "proxy"), [(None, None), ("203.0.113.7", "proxy.example:3128")])
    def test_an_address_that_cannot_be_known_is_not_guessed(self, address, proxy) -> None:
        finding = outside.egress(address, proxy)
        assert finding.standing is UNSEEN
        assert "203.0.113.7" not in finding.why
        assert finding.mend

    @pytest.mark.parametrize(
        ("seen", "standing"),
        [
            ({"status": 401}, OK),
            ({"status": 404}, OK),
            ({"status": 503}, WARNING),
            ({"status": 403, "challenged": True}, WARNING),
            ({"failure": "tls"}, FAILURE),
            ({"failure": "timeout"}, FAILURE),
        ],
    )
    def test_any_answer_of_the_host_itself_proves_the_way(self, seen, standing) -> None:
        assert outside.host(HostSeen("openai", "https://api.example", **seen)).standing is standing

    @pytest.mark.parametrize(
        ("said", "tells"),
        [
            ("535 5.7.8 authentication failed", "user and password"),
            ("the server does not offer what the configuration needs", "STARTTLS"),
            ("secure connection failed", "certificate"),
            ("cannot connect", "host and port"),
        ],
    )
    def test_each_way_a_mail_server_says_no_has_its_own_cure(self, said, tells) -> None:
        assert tells in outside.mail(configured=True, said=said).mend


class TestSlack:
    def test_from_inside_nobody_sees_whether_slack_reaches_the_public_address(self) -> None:
        seen = SlackSeen("https://slack.com/api/")
        finding = slack.incoming(seen, transport="http", has_secret=True, public_url="https://gl.example")
        assert finding.standing is UNSEEN
        assert "https://gl.example/slack/events" in finding.mend

    def test_a_missing_signing_secret_is_a_failure(self) -> None:
        seen = SlackSeen("https://slack.com/api/")
        assert slack.incoming(seen, transport="http", has_secret=False, public_url=None).standing is FAILURE

    def test_one_reviewer_alone_is_a_warning_because_nobody_may_approve_their_own(self) -> None:
        seen = SlackSeen("u", people={"U1": PersonSeen("U1")})
        (_, finding) = slack.roles(
            seen, admins=(), reviewers=("U1",), review=True, quorum={"GREENLIGHT_QUORUM": 1}
        )
        assert finding.standing is WARNING

    def test_members_of_a_group_who_cannot_act_are_not_counted(self) -> None:
        people = {"U1": PersonSeen("U1"), "U2": PersonSeen("U2", deactivated=True), "U3": PersonSeen("U3")}
        groups = {"S1": GroupSeen("S1", members=("U1", "U2", "U3"))}
        seen = SlackSeen("u", people=people, groups=groups)
        (_, finding) = slack.roles(
            seen, admins=(), reviewers=("S1",), review=True, quorum={"GREENLIGHT_QUORUM": 1}
        )
        assert "2 can approve" in finding.why
        assert "U2" not in finding.why

    def test_people_whom_nobody_asked_about_are_not_called_unable(self) -> None:
        groups = {"S1": GroupSeen("S1", members=("U1", "U2"))}
        seen = SlackSeen("u", not_looked_at=frozenset({"U1", "U2"}), groups=groups)
        (_, finding) = slack.roles(
            seen, admins=(), reviewers=("S1",), review=True, quorum={"GREENLIGHT_QUORUM": 1}
        )
        assert finding.standing is OK

    def test_scopes_that_slack_does_not_name_are_not_called_complete(self) -> None:
        assert [one.standing for one in slack.scopes(SlackSeen("u"))] == [UNSEEN]


class TestTheReport:
    findings = (
        ok("settings", "Complete."),
        unseen("egress address", "Private."),
        warning("redis user", "Default <user>.", "`ACL SETUSER x`, then use it."),
        failure("channel", "Not a member.", "Type `/invite @Greenlight`."),
    )

    def test_the_text_names_every_finding_with_its_cure(self) -> None:
        text = as_text(self.findings)
        assert "FAILURE   channel: Not a member.\n          -> Type `/invite @Greenlight`." in text
        assert text.endswith("1 ok, 1 unseen, 1 warning, 1 failure")

    def test_json_says_the_worst_first(self) -> None:
        import json

        body = json.loads(as_json(self.findings))
        assert body["standing"] == "failure"
        assert body["findings"][2] == {
            "name": "redis user",
            "standing": "warning",
            "why": "Default <user>.",
            "mend": "`ACL SETUSER x`, then use it.",
        }

    def test_only_a_failure_makes_the_exit_code_bad(self) -> None:
        assert exit_code(self.findings) == 1
        assert exit_code(self.findings[:3]) == 0

    def test_in_slack_the_worst_comes_first_and_nothing_is_markup_by_accident(self) -> None:
        message = as_message(self.findings)
        texts = [block["text"]["text"] for block in message.blocks]
        assert "channel" in texts[1]
        assert "`/invite @Greenlight`" in texts[1]
        assert "Default &lt;user&gt;" in texts[2]
        assert texts[-1] == "*ok*: settings"

    def test_a_hundred_findings_still_fit_a_message(self) -> None:
        many = [warning(f"person U{n}", "Is deactivated.", "Take it out.") for n in range(100)]
        message = as_message(many)
        assert len(message.blocks) <= 50
        assert "100 warning" in message.text
