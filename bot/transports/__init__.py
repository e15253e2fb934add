"""How Slack reaches the bot: Socket Mode or signed HTTP, the same listeners behind both."""

from bot.transports.app import bolt_app
from bot.transports.socket_mode import SocketTransport
from bot.transports.web import HttpTransport

__all__ = ["HttpTransport", "SocketTransport", "bolt_app"]
