"""Slack: tokens, scopes against the manifest, the way payloads come in, the channel, the clock, the roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.doctor.finding import Finding, Findings, failure, ok, unseen, warning
from bot.doctor.seen import ChannelSeen, GroupSeen, PersonSeen, SlackSeen
from bot.manifest import ASKED_SCOPES, EMAIL_SCOPE, EVENTS_PATH, HISTORY_SCOPES, KNOWN_SCOPES, SCOPES

APPS = "https://api.slack.com/apps"
REINSTALL = (
    f"Open {APPS}, choose the app, App Manifest: paste the output of `greenlight manifest`, save, "
    "then Install App: Reinstall to Workspace."
)
_TOKEN = (
    f"Open {APPS}, choose the app, OAuth & Permissions: copy the Bot User OAuth Token into SLACK_BOT_TOKEN."
)
_APP_TOKEN = (
    f"Open {APPS}, choose the app, Basic Information, App-Level Tokens: generate one with connections:write "
    "and put it into SLACK_APP_TOKEN."
)
_SOCKET_OFF = f"Open {APPS}, choose the app, Socket Mode: switch on Enable Socket Mode."
_NOBODY = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
WARN_SKEW, FAIL_SKEW = timedelta(seconds=30), timedelta(seconds=240)  # Slack's signatures live five minutes


def bot_token(seen: SlackSeen) -> Finding:
    """Whether the bot token is one, and whose."""
    name = "slack bot token"
    if seen.unreachable:
        mend = f"Let this machine reach {seen.url} (https, port 443): `curl -sS {seen.url}api.test`"
        return failure(name, f"Slack does not answer ({seen.error}).", mend)
    if seen.error:
        return failure(name, f"Slack refuses SLACK_BOT_TOKEN: {seen.error}.", _TOKEN)
    if not seen.is_bot:
        return failure(name, "SLACK_BOT_TOKEN is the token of a person, not of a bot.", _TOKEN)
    return ok(name, f"Slack knows it, in {seen.team_name} ({seen.team}).")


def scopes(seen: SlackSeen) -> Findings:
    """The granted scopes against the manifest's."""
    name = "slack scopes"
    if seen.scopes is None:
        return [unseen(name, "Slack did not say which scopes the token has.")]
    found: Findings = []
    if missing := [scope for scope in SCOPES if scope not in seen.scopes]:
        found.append(failure(name, f"The app lacks {', '.join(missing)}.", REINSTALL))
    if unread := [scope for scope in HISTORY_SCOPES if scope not in seen.scopes]:
        why = (
            f"The app lacks {', '.join(unread)}: after a crash in the wrong moment the bot cannot find its "
            "card again, and posts a second one."
        )
        found.append(warning("slack history scopes", why, REINSTALL))
    if spare := sorted(seen.scopes - KNOWN_SCOPES):
        why = f"The app has more than it needs: {', '.join(spare)}."
        found.append(warning("slack spare scopes", why, REINSTALL))
    return [*(found or [ok(name, f"All {len(ASKED_SCOPES)} of the manifest.")]), _makers(seen.scopes)]


def _makers(granted: frozenset[str]) -> Finding:
    """Whether the people who made the keys can be watched: an optional scope."""
    name = "key creators"
    if EMAIL_SCOPE in granted:
        return ok(name, "Whoever made a key (an e-mail in Created by) is watched for deactivation in Slack.")
    why = (
        f"The optional scope {EMAIL_SCOPE} is not granted, so nobody is told when the person who made a key "
        "is deactivated in Slack; the key dies with them."
    )
    mend = (
        f"If you want that: open {APPS}, choose the app, OAuth & Permissions: add {EMAIL_SCOPE}, reinstall."
    )
    return unseen(name, why, mend)


def incoming(seen: SlackSeen, *, transport: str, has_secret: bool, public_url: str | None) -> Finding:
    """How clicks and commands reach the bot."""
    if transport == "http":
        return _signing(has_secret, public_url)
    name = "slack socket mode"
    if seen.app_error is None:
        return ok(name, "Slack offers a connection for SLACK_APP_TOKEN.")
    if seen.app_error == "socket_mode_disabled":
        return failure(name, "Socket Mode is switched off for this app.", _SOCKET_OFF)
    return failure(name, f"Slack refuses SLACK_APP_TOKEN: {seen.app_error}.", _APP_TOKEN)


def _signing(has_secret: bool, public_url: str | None) -> Finding:
    name = "slack signing"
    if not has_secret:
        mend = f"Open {APPS}, choose the app, Basic Information: copy Signing Secret to SLACK_SIGNING_SECRET."
        return failure(name, "SLACK_SIGNING_SECRET is not set.", mend)
    target = f"{public_url or 'https://YOUR-HOST'}{EVENTS_PATH}"
    return unseen(
        name,
        "Whether Slack reaches the public address, and signs with this secret, cannot be seen from inside.",
        f"Open {APPS}, choose the app, Event Subscriptions: the Request URL {target} must say Verified.",
    )


def channel(seen: ChannelSeen | None) -> Finding:
    """The security team's channel, where every card is."""
    name = "channel"
    if seen is None:
        mend = "In Slack, open the channel's details, copy the id at the end (C...) into GREENLIGHT_CHANNEL."
        return failure(name, "GREENLIGHT_CHANNEL is not set.", mend)
    if problem := _channel_problem(seen):
        return failure(name, *problem)
    return ok(name, f"The bot is a member of #{seen.name} ({seen.id}), which is not shared.")


def _channel_problem(seen: ChannelSeen) -> tuple[str, str] | None:
    invite = "In Slack, in that channel, type `/invite @Greenlight`."
    other = "Put the id of a channel of your own organization into GREENLIGHT_CHANNEL."
    if seen.error == "channel_not_found":
        return f"{seen.id} does not exist, or is private and the bot is not in it.", invite
    if seen.error == "missing_scope":
        return f"{seen.id} cannot be read: a scope is missing.", REINSTALL
    if seen.error:
        return f"{seen.id} cannot be read: Slack says {seen.error}.", other
    if seen.archived:
        mend = f"In Slack, open #{seen.name}, choose Unarchive channel, then type `/invite @Greenlight`."
        return f"#{seen.name} is archived.", mend
    if seen.shared:
        return f"#{seen.name} is shared with another organization, where approvals do not belong.", other
    if seen.about_to_be_shared:
        return f"#{seen.name} is about to be shared with another organization.", other
    return None if seen.member else (f"The bot is not a member of #{seen.name}.", invite)


def clock(seen: SlackSeen, now: datetime) -> Finding:
    """This machine's clock against Slack's."""
    name = "clock"
    if seen.date is None:
        return unseen(name, "Slack sent no Date header to compare with.")
    skew = abs(now - seen.date)
    why = f"This machine and Slack differ by {skew.total_seconds():.0f} s"
    mend = "Synchronize the clock: `timedatectl set-ntp true`"
    if skew >= FAIL_SKEW:
        return failure(name, f"{why}; from 300 s on, Slack's signatures are refused.", mend)
    if skew >= WARN_SKEW:
        return warning(name, f"{why}.", mend)
    return ok(name, f"{why}.")


def messages_tab(refused: bool, hello: str | None) -> Finding:
    """Whether direct messages get through; Slack shows it only to one who sends one.

    `hello` is what Slack said to a message that was sent as a test ("" = delivered), None when none was.
    """
    name = "slack messages tab"
    mend = (
        f"Open {APPS}, choose the app, App Home, Show Tabs: switch on Messages Tab "
        "(or paste the output of `greenlight manifest`)."
    )
    if hello == "messages_tab_disabled" or (hello is None and refused):
        return failure(name, "Direct messages are refused: messages_tab_disabled.", mend)
    if hello:
        return failure(name, f"The test message was refused: {hello}.", "Choose another person for --hello.")
    if hello == "":
        return ok(name, "The test message was delivered.")
    why = "Only a message that is sent can tell; none was refused so far."
    return unseen(name, why, "Send one to yourself: `greenlight doctor --hello U0123456789`")


def roles(
    seen: SlackSeen,
    *,
    admins: Sequence[str],
    reviewers: Sequence[str],
    review: bool,
    quorum: Mapping[str, int],
) -> Findings:
    """Everybody who has a role, by name, and whether enough can approve: `quorum` by setting."""
    found = [*_listed(seen, admins, "GREENLIGHT_ADMINS"), *_listed(seen, reviewers, "GREENLIGHT_REVIEWERS")]
    found.append(_admins(seen, admins))
    if review:
        found.append(_reviewers(seen, reviewers, quorum))
    else:
        mend = "Set GREENLIGHT_REVIEW=required and list people in GREENLIGHT_REVIEWERS."
        found.append(warning("reviewers", "Review is off: nobody checks a request before it is sent.", mend))
    return found


def _admins(seen: SlackSeen, ids: Sequence[str]) -> Finding:
    if not ids:
        return ok("admins", "Nobody is listed: Slack workspace admins and owners may request.")
    able = _able(seen, ids)
    mend = "List people (U...) or user groups (S...) of this workspace in GREENLIGHT_ADMINS."
    if not able:
        return failure("admins", "GREENLIGHT_ADMINS names nobody who can request.", mend)
    return ok("admins", f"{len(able)} can request: {_named(able)}.")


def _reviewers(seen: SlackSeen, ids: Sequence[str], asked: Mapping[str, int]) -> Finding:
    able = _able(seen, ids)
    mend = "List people (U...) or user groups (S...) of the security team in GREENLIGHT_REVIEWERS."
    if not able:
        return failure("reviewers", "Nobody can approve: GREENLIGHT_REVIEWERS names no active member.", mend)
    setting, quorum = max(asked.items(), key=lambda one: one[1])
    if len(able) < quorum:
        why = f"{setting} asks for {quorum} approvals, and only {len(able)} can give one."
        return failure("reviewers", why, f"Set {setting}={len(able)} or list more reviewers.")
    if len(able) == quorum:
        why = f"Only {len(able)} can approve ({_named(able)}): nobody is left for a request of one's own."
        return warning("reviewers", why, mend)
    return ok("reviewers", f"{len(able)} can approve, {quorum} must: {_named(able)}.")


def _able(seen: SlackSeen, ids: Sequence[str]) -> list[str]:
    """The people behind the ids who can act, sorted; members of groups are looked at like the listed.

    Who was not looked at counts: the doctor reports what it saw, not what it did not ask about.
    """
    nobody = GroupSeen("")
    members = [
        one for group in ids if group.startswith("S") for one in seen.groups.get(group, nobody).members
    ]
    named = {*(one for one in ids if not one.startswith("S")), *members}
    fit = {one for one, person in seen.people.items() if not _person_problem(person)}
    return sorted(named & (fit | seen.not_looked_at))


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 10} more" if len(ids) > 10 else ""
    return ", ".join(ids[:10]) + more


def _listed(seen: SlackSeen, ids: Sequence[str], variable: str) -> Findings:
    """One finding per listed id that is of no use."""
    found: Findings = []
    for one in ids:
        problem = _group_problem(seen.groups.get(one)) if one.startswith("S") else ""
        if not one.startswith("S") and one in seen.people:
            problem = _person_problem(seen.people[one])
        if problem == "missing_scope":
            found.append(failure(f"user group {one}", "It cannot be read: a scope is missing.", REINSTALL))
        elif problem:
            kind = "user group" if one.startswith("S") else "person"
            found.append(
                warning(f"{kind} {one}", f"{one} {problem}.", f"Take {one} out of {variable}{_or(one)}.")
            )
    return found


def _or(one: str) -> str:
    return ", or put people into that user group in Slack" if one.startswith("S") else ""


def _person_problem(person: PersonSeen) -> str:
    problems = (
        (person.error in _NOBODY, "is nobody in this workspace"),
        (person.error, f"cannot be looked up: Slack says {person.error}"),
        (person.deactivated, "is deactivated"),
        (person.bot, "is a bot"),
        (person.guest, "is a guest, and guests may not act"),
    )
    return next((words for holds, words in problems if holds), "")


def _group_problem(group: GroupSeen | None) -> str:
    if group is None:
        return ""
    if group.error == "missing_scope":
        return group.error
    if group.error == "no_such_subteam":
        return "is no user group of this workspace, or it is disabled"
    if group.error:
        return f"cannot be looked up: Slack says {group.error}"
    return "" if group.members else "has no members"
