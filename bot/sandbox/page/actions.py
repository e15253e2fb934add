"""What a human can do at the page: one function per action, each through `Person` or a part of the world.

An action takes what the page sent and returns what only the one who acted is told: `{}`, `{"problem": ...}`
or a key that is shown once. Whatever else comes of it arrives with the next screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox.netskope import Fault
from bot.sandbox.page.rehearsal import FAST, PEOPLE, REAL, Rehearsal
from bot.sandbox.page.timepiece import until_morning
from bot.sandbox.slack import Delivery, Message, NotOnScreen, View
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.people import Person

Body = Mapping[str, Any]
Action = Callable[[Rehearsal, Body], Awaitable[Json]]
MOST_SKIPPED = 90 * 86400
UNANSWERED = {
    "operation_timeout": "Greenlight did not answer within three seconds (operation_timeout).",
    "dispatch_failed": "Slack could not reach Greenlight (dispatch_failed).",
}


class Malformed(ValueError):
    """The page sent something that no control of it can send."""


def text(body: Body, name: str, default: str | None = None) -> str:
    """A string argument."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > 10_000:
        raise Malformed(f"{name} must be a text")
    return value


def _person(stage: Rehearsal, body: Body) -> Person:
    user = text(body, "as")
    if user not in PEOPLE:
        raise Malformed("nobody of that id is here")
    return stage.world.slack.person(user)


def _told(delivery: Delivery | None, what: str) -> Json:
    if delivery is None or delivery.shown_error is None:
        return {}
    why = UNANSWERED.get(delivery.shown_error, delivery.shown_error)
    return {"problem": f"{what}: {why}"}


# --- in Slack ------------------------------------------------------------------------------------


async def send(stage: Rehearsal, body: Body) -> Json:
    """Send what stands in the box: a slash command, or an ordinary message (perhaps into a thread)."""
    person, said = _person(stage, body), text(body, "text").strip()
    channel, thread = text(body, "channel"), text(body, "thread", "") or None
    if channel not in stage.world.slack.world.channels or not said:
        raise Malformed("nothing to send, or nowhere")
    if not said.startswith("/"):
        person.say(channel, said, thread)
        return {}
    if thread:
        return {"problem": "Slack does not run slash commands in threads. Use the box below the channel."}
    command, _, rest = said.partition(" ")
    if command != "/greenlight":
        return {"problem": f"{command} is not a command here. Try /greenlight."}
    return _told(await person.slash(command, rest.strip(), channel), said)


async def shortcut(stage: Rehearsal, body: Body) -> Json:
    """Use a global shortcut."""
    return _told(await _person(stage, body).shortcut(text(body, "id")), "Shortcut")


async def open_home(stage: Rehearsal, body: Body) -> Json:
    """Open the app's Home tab."""
    return _told(await _person(stage, body).open_home(), "App Home")


async def press(stage: Rehearsal, body: Body) -> Json:
    """Press a button, or choose, in a message, the Home tab or the modal in front."""
    person = _person(stage, body)
    where = _surface(stage, person, body)
    if isinstance(where, View) and where.type == "modal":
        _fill(person, where, body)
    chosen = body.get("chosen")
    if not (chosen is None or isinstance(chosen, str | list)):
        raise Malformed("chosen must be one or several values")
    return _told(await person.press(where, text(body, "block"), text(body, "action"), chosen), "Button")


def _surface(stage: Rehearsal, person: Person, body: Body) -> Message | View:
    if ts := text(body, "ts", ""):
        message = stage.world.slack.world.message(text(body, "channel"), ts)
        if message is None:
            raise NotOnScreen("this message is gone")
        return message
    view = stage.world.slack.world.view(text(body, "view"))
    if view is None or view.user != person.id:
        raise NotOnScreen("this form is gone")
    return view


def _fill(person: Person, view: View, body: Body) -> None:
    values = body.get("values", {})
    if not isinstance(values, dict) or person.top is not view:
        raise Malformed("values must be given by block id, for the form in front")
    person.fill(values)


async def submit(stage: Rehearsal, body: Body) -> Json:
    """Press the submit button of the modal in front, with what was typed."""
    person = _person(stage, body)
    view = _surface(stage, person, body)
    if isinstance(view, View):
        _fill(person, view, body)
    done = await person.submit()
    return {"problem": UNANSWERED.get(done.shown_error, done.shown_error)} if done.shown_error else {}


async def close(stage: Rehearsal, body: Body) -> Json:
    """Close the modal in front; one that is closed already (a second Escape) needs nothing."""
    person = _person(stage, body)
    return _told(await person.close_modal(), "Close") if person.top else {}


# --- OpenAI, Netskope, time ----------------------------------------------------------------------


async def create_key(stage: Rehearsal, _: Body) -> Json:
    """Create an API key at OpenAI; this answer is the only place that shows it."""
    key = stage.new_key()
    stage.did(f"create an API key at OpenAI, ending {key[-4:]}")
    return {"key": key}


async def set_key(stage: Rehearsal, body: Body) -> Json:
    """Let OpenAI grant or refuse a key."""
    state = text(body, "state")
    stage.set_key(text(body, "last4"), state)
    stage.did(f"set the key ending {text(body, 'last4')} at OpenAI to {state}")
    return {}


async def grant_access(stage: Rehearsal, body: Body) -> Json:
    """Fill in Netskope's form and press Grant Access; again for a name that exists."""
    tenant, name = stage.world.netskope, text(body, "name").strip()
    workspace, key = text(body, "workspace").strip(), text(body, "key").strip()
    if text(body, "project", "").strip():
        return {"problem": "Netskope: leave API Key for Project empty; it is for the other onboarding type."}
    if not (name and workspace and key):
        return {
            "problem": "Netskope: fill in Workspace ID, API Key for Enterprise Workspace and Instance Name."
        }
    if name in tenant.instances:
        tenant.delete(name)
    tenant.create_instance("ChatGPT Enterprise", name, workspace, key, by=_email(stage, body))
    stage.did(f"press Grant Access in Netskope for {name!r}")
    return {}


def _email(stage: Rehearsal, body: Body) -> str:
    return _person(stage, body).user.email


async def delete_instance(stage: Rehearsal, body: Body) -> Json:
    """Delete an instance from the tenant."""
    stage.world.netskope.delete(text(body, "name"), by=_email(stage, body))
    stage.did(f"delete in Netskope the instance {text(body, 'name')!r}")
    return {}


async def chat(stage: Rehearsal, body: Body) -> Json:
    """Somebody talks to ChatGPT, the connector reads it, Netskope writes an event."""
    name = text(body, "name")
    if not stage.world.netskope.green(name):
        return {"problem": "Nothing is read before the check is green."}
    stage.world.netskope.flow(name)
    stage.did(f"use ChatGPT, and Netskope scans it through {name!r}")
    return {}


async def skip(stage: Rehearsal, body: Body) -> Json:
    """Set everybody's clock forward: by seconds, or to the next working morning, when reminders are sent."""
    morning = body.get("to") == "morning"
    seconds = int(until_morning(stage.clock())) + 1 if morning else body.get("seconds")
    if not isinstance(seconds, int) or not 0 < seconds <= MOST_SKIPPED:
        raise Malformed("seconds must be a number of at most 90 days")
    stage.skip(seconds)
    hours = round(seconds / 3600)
    stage.did(f"skip {hours} {'hour' if hours == 1 else 'hours'}")
    return {}


async def pace(stage: Rehearsal, body: Body) -> Json:
    """Poll as in production, or fast."""
    fast = body.get("fast") is True
    stage.did(f"let the bot poll {'fast' if fast else 'as in production'}: it restarts")
    await stage.set_scale(FAST if fast else REAL)
    return {}


# --- bad days ------------------------------------------------------------------------------------


async def resend(stage: Rehearsal, body: Body) -> Json:
    """Deliver the last interaction again, once or twice at the same moment."""
    clicks = [one for one in stage.world.slack.deliveries if one.kind != "events_api"]
    if not clicks:
        return {"problem": "Nothing has been delivered yet. Type a command or press a button first."}
    twice = body.get("twice") is True
    stage.did(f"let Slack deliver the last {clicks[-1].type} again{', twice at once' if twice else ''}")
    await stage.world.slack.redeliver(clicks[-1], twice_at_once=twice)
    return {}


async def double(stage: Rehearsal, _: Body) -> Json:
    """Deliver the next click twice at the same moment."""
    stage.world.slack.faults.double_deliveries()
    stage.did("let Slack deliver the next click twice at once")
    return {}


async def drop(stage: Rehearsal, body: Body) -> Json:
    """Lose the sockets: reset, told to leave, or dead without a word."""
    how = text(body, "how")
    if stage.transport != "socket":
        return {"problem": "There is no socket: this rehearsal delivers by signed HTTP."}
    match how:
        case "reset" | "disconnect" | "half_open":
            await stage.world.slack.drop_sockets(how)
        case _:
            raise Malformed("how must be reset, disconnect or half_open")
    stage.ring()
    return {}


async def slack_fails(stage: Rehearsal, body: Body) -> Json:
    """Let Slack's Web API answer the next five calls with 429 or 500."""
    faults = stage.world.slack.faults
    match body.get("status"):
        case 429:
            faults.rate_limited(retry_after=2, times=5)
        case 500:
            faults.status(status=500, times=5)
        case _:
            raise Malformed("status must be 429 or 500")
    stage.did(f"let Slack answer the next five calls with {body['status']}")
    return {}


async def openai_fails(stage: Rehearsal, body: Body) -> Json:
    """Let OpenAI time out, be away, be hidden behind a web page, or limit; empty = recover."""
    state = text(body, "state")
    if state not in ("", "slow", "outage", "html", "limited"):
        raise Malformed("OpenAI does not fail that way")
    if not stage.world.openai.keys:
        return {"problem": "OpenAI knows no key yet. Create one first."}
    stage.set_openai_weather(state)
    stage.did(f"let OpenAI answer: {state or 'well again'}")
    return {}


async def netskope_fails(stage: Rehearsal, body: Body) -> Json:
    """Let Netskope's REST API answer with a web page, an outage or a limit; empty = recover."""
    state = text(body, "state")
    stage.world.netskope.set_fault(Fault(state) if state else None)
    stage.did(f"let Netskope answer: {state or 'well again'}")
    return {}


async def redis(stage: Rehearsal, body: Body) -> Json:
    """Stop Redis, or bring it back with its data."""
    runs = body.get("run") is True
    stage.did(f"{'bring Redis back' if runs else 'stop Redis'}")
    await (stage.start_redis() if runs else stage.stop_redis())
    return {}


async def bot(stage: Rehearsal, body: Body) -> Json:
    """Kill the bot, start it, or restart it in order."""
    how = text(body, "how")
    doing = {"kill": stage.kill_bot, "start": stage.start_bot, "restart": stage.restart_bot}.get(how)
    if doing is None:
        raise Malformed("how must be kill, start or restart")
    stage.did(f"{how} the bot")
    await doing()
    return {}


async def good_day(stage: Rehearsal, _: Body) -> Json:
    """End everything bad."""
    stage.did("make it a good day again")
    await stage.good_day()
    return {}


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        *(send, shortcut, open_home, press, submit, close),
        *(create_key, set_key, grant_access, delete_instance, chat, skip, pace),
        *(resend, double, drop, slack_fails, openai_fails, netskope_fails, redis, bot, good_day),
    )
}
