"""The table of Web API methods, and those of them that only look things up."""

from bot.sandbox.slack import chat, files, surfaces
from bot.sandbox.slack.api import Args, Caller, Method, Refusal, conversation, truthy
from bot.sandbox.slack.model import Json, UserGroup


def auth_test(caller: Caller, args: Args) -> Json:  # noqa: ARG001 - the shape of a handler
    """`auth.test`."""
    world = caller.world
    return {
        "url": f"https://{world.team_domain}.slack.com/",
        "team": world.team_name,
        "user": world.users[world.bot_user_id].name,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "app_id": world.app_id,
        "is_enterprise_install": False,
    }


def users_info(caller: Caller, args: Args) -> Json:
    """`users.info`."""
    user = caller.world.users.get(str(args["user"]))
    if user is None:
        raise Refusal("user_not_found")
    email = "users:read.email" in caller.scopes
    return {"user": user.to_json(locale=truthy(args, "include_locale"), email=email)}


def users_lookup(caller: Caller, args: Args) -> Json:
    """`users.lookupByEmail`."""
    wanted = str(args["email"]).lower()
    found = [u for u in caller.world.users.values() if u.email.lower() == wanted and not u.deleted]
    if not found:
        raise Refusal("users_not_found")
    return {"user": found[0].to_json(email=True)}


def _group_json(caller: Caller, group: UserGroup) -> Json:
    return {
        "id": group.id,
        "team_id": caller.world.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": 1 if group.disabled else 0,
        "user_count": len(group.users),
    }


def usergroups_list(caller: Caller, args: Args) -> Json:
    """`usergroups.list`."""
    shown = [g for g in caller.world.groups.values() if truthy(args, "include_disabled") or not g.disabled]
    groups = [_group_json(caller, group) for group in shown]
    if truthy(args, "include_users"):
        groups = [body | {"users": list(group.users)} for body, group in zip(groups, shown, strict=True)]
    return {"usergroups": groups}


def usergroups_users(caller: Caller, args: Args) -> Json:
    """`usergroups.users.list`."""
    group = caller.world.groups.get(str(args["usergroup"]))
    if group is None or (group.disabled and not truthy(args, "include_disabled")):
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def _may_read(caller: Caller, channel_id: object) -> None:
    channel = conversation(caller, channel_id)
    caller.require("im:read" if channel.is_im else "groups:read" if channel.is_private else "channels:read")


def conversations_info(caller: Caller, args: Args) -> Json:
    """`conversations.info`; the scope depends on the kind of conversation."""
    _may_read(caller, args["channel"])
    channel = conversation(caller, args["channel"])
    body = channel.to_json() | {"is_member": caller.world.bot_user_id in channel.members}
    if truthy(args, "include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def conversations_members(caller: Caller, args: Args) -> Json:
    """`conversations.members`, in one page."""
    _may_read(caller, args["channel"])
    members = list(conversation(caller, args["channel"]).members)
    return {"members": members, "response_metadata": {"next_cursor": ""}}


def conversations_open(caller: Caller, args: Args) -> Json:
    """`conversations.open` with one person."""
    wanted = [one.strip() for one in str(args.get("users") or "").split(",") if one.strip()]
    if not wanted:
        raise Refusal("users_list_not_supplied")
    caller.require("im:write" if len(wanted) == 1 else "mpim:write")
    user = caller.world.users.get(wanted[0])
    if user is None or user.is_bot:
        raise Refusal("user_not_found")
    if user.deleted:
        raise Refusal("user_disabled")
    return {"channel": {"id": caller.world.im(user.id).id}}


READ = ("channels:read", "groups:read", "im:read", "mpim:read")
WRITE = ("im:write", "mpim:write", "groups:write", "channels:manage")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS: dict[str, Method] = {
    "auth.test": Method(auth_test),
    "chat.delete": Method(chat.delete, ("channel", "ts"), ("chat:write",)),
    "chat.getPermalink": Method(chat.permalink, ("channel", "message_ts"), takes_json=False),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("channel", "user"), ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, ("channel",), ("chat:write",)),
    "chat.update": Method(chat.update, ("channel", "ts"), ("chat:write",)),
    "conversations.history": Method(chat.history, ("channel",), HISTORY, takes_json=False),
    "conversations.replies": Method(chat.replies, ("channel", "ts"), HISTORY, takes_json=False),
    "conversations.info": Method(conversations_info, ("channel",), READ, takes_json=False),
    "conversations.members": Method(conversations_members, ("channel",), READ, takes_json=False),
    "conversations.open": Method(conversations_open, (), WRITE),
    "files.completeUploadExternal": Method(files.complete, ("files",), ("files:write",)),
    "files.getUploadURLExternal": Method(
        files.upload_url, ("length", "filename"), ("files:write",), takes_json=False
    ),
    "usergroups.list": Method(usergroups_list, (), ("usergroups:read",), takes_json=False),
    "usergroups.users.list": Method(usergroups_users, ("usergroup",), ("usergroups:read",), takes_json=False),
    "users.info": Method(users_info, ("user",), ("users:read",), takes_json=False),
    "users.lookupByEmail": Method(users_lookup, ("email",), ("users:read.email",), takes_json=False),
    "views.open": Method(surfaces.open_view, ("view",)),
    "views.publish": Method(surfaces.publish, ("user_id", "view")),
    "views.push": Method(surfaces.push, ("view",)),
    "views.update": Method(surfaces.update, ("view",)),
}
