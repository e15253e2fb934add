"""The default world: one security team, two admins, and everybody who must be refused."""

from bot.sandbox.slack.model import Channel, User, UserGroup

TEAM_ID = "T0GREEN"
TEAM_NAME = "Acme"
TEAM_DOMAIN = "acme"
BOT_USER_ID = "U0GREENBOT"
BOT_ID = "B0GREENBOT"
APP_ID = "A0GREEN"


def users() -> list[User]:
    """The default cast, the bot included."""
    return [
        User(BOT_USER_ID, "greenlight", "Greenlight", TEAM_ID, is_bot=True, is_app_user=True),
        User("U0ADMIN", "alice", "Alice Admin", TEAM_ID, "alice@acme.example", is_admin=True),
        User(
            "U0ADMIN2", "ben", "Ben Admin", TEAM_ID, "ben@acme.example", is_admin=True, tz="America/New_York"
        ),
        User("U0REVIEW1", "rita", "Rita Reviewer", TEAM_ID, "rita@acme.example"),
        User("U0REVIEW2", "raj", "Raj Reviewer", TEAM_ID, "raj@acme.example"),
        User("U0OUTSIDE", "olga", "Olga Outsider", TEAM_ID, "olga@acme.example"),
        User("U0GUEST", "gus", "Gus Guest", TEAM_ID, "gus@partner.example", is_restricted=True),
        User("U0GONE", "gil", "Gil Gone", TEAM_ID, "gil@acme.example", deleted=True),
        User("U0FOREIGN", "fay", "Fay Foreign", "T0OTHER", "fay@other.example", is_stranger=True),
        User("U0BOT2", "helperbot", "Helper Bot", TEAM_ID, is_bot=True),
    ]


def groups() -> list[UserGroup]:
    """The default user groups."""
    return [UserGroup("S0SECURITY", "security", "Security", ["U0REVIEW1", "U0REVIEW2"])]


def channels() -> list[Channel]:
    """The security channel, with everybody in it who must be refused there, and a general one."""
    everybody = [user.id for user in users() if not user.deleted and not user.is_stranger]
    return [
        Channel("C0SECURITY", "security", list(everybody)),
        Channel("C0GENERAL", "general", [user for user in everybody if user != BOT_USER_ID]),
    ]
