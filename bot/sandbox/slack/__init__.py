"""A strict local Slack: Web API, Socket Mode, signed HTTP delivery, and the people who use it."""

from bot.sandbox.slack.changes import Change
from bot.sandbox.slack.delivery import Attempt, Delivery
from bot.sandbox.slack.faults import Fault, Faults
from bot.sandbox.slack.forms import NotOnScreen
from bot.sandbox.slack.model import Channel, Message, User, UserGroup, View
from bot.sandbox.slack.people import Person, Submission
from bot.sandbox.slack.render import text_of
from bot.sandbox.slack.server import DEFAULT_SCOPES, SlackSandbox
from bot.sandbox.slack.web import Call
from bot.sandbox.slack.world import World

__all__ = [
    "DEFAULT_SCOPES",
    "Attempt",
    "Call",
    "Change",
    "Channel",
    "Delivery",
    "Fault",
    "Faults",
    "Message",
    "NotOnScreen",
    "Person",
    "SlackSandbox",
    "Submission",
    "User",
    "UserGroup",
    "View",
    "World",
    "text_of",
]
