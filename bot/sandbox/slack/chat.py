"""The `chat.*` and `conversations.history` methods: what the bot says and what it can read back."""

from typing import Any

from bot.sandbox.slack.api import Args, Caller, Refusal, conversation, invalid, structured, truthy
from bot.sandbox.slack.blocks import message_problems, with_ids
from bot.sandbox.slack.model import Channel, Json, Message

MAX_TEXT = 40_000
MAX_EDITED_TEXT = 4_000
MAX_METADATA_BYTES = 8_000


def content(caller: Caller, args: Args, limit: int = MAX_TEXT) -> Json:
    """Text, blocks and metadata of a message that Slack would accept; a refusal otherwise.

    Stricter than Slack in one point: blocks without `text` are `no_text`, since notifications and screen
    readers would have nothing to say.
    """
    text = str(args.get("text") or "")
    blocks = structured(args, "blocks", "invalid_blocks_format")
    if not text.strip():
        raise Refusal("no_text")
    if len(text) > limit:
        raise Refusal("msg_too_long")
    if problems := message_problems(blocks) if blocks is not None else []:
        raise Refusal("invalid_blocks", errors=problems, response_metadata={"messages": problems})
    return {
        "text": text,
        "blocks": with_ids(blocks or [], lambda: caller.world.new_id("b")),
        "metadata": _metadata(args),
    }


def _metadata(args: Args) -> Json | None:
    metadata = structured(args, "metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict) or not metadata["event_type"]:
        raise Refusal("invalid_metadata_schema")
    if len(str(metadata)) > MAX_METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata


def _open_conversation(caller: Caller, channel_id: Any) -> Channel:
    user = caller.world.users.get(str(channel_id))
    if user is not None:
        if user.deleted or user.is_bot:
            raise Refusal("channel_not_found")
        return caller.world.im(user.id)
    return conversation(caller, channel_id)


def _writable(caller: Caller, channel: Channel) -> None:
    if channel.is_archived:
        raise Refusal("is_archived")
    if channel.is_im and not caller.world.messages_tab_enabled:
        raise Refusal("messages_tab_disabled")
    if caller.world.bot_user_id not in channel.members and "chat:write.public" not in caller.scopes:
        raise Refusal("not_in_channel")


def _thread(caller: Caller, channel: Channel, args: Args) -> str | None:
    if not (thread_ts := args.get("thread_ts")):
        return None
    parent = caller.world.message(channel.id, str(thread_ts))
    if parent is None or parent.thread_ts or parent.ephemeral_to:
        raise Refusal("cannot_reply_to_message")
    return parent.ts


def post_message(caller: Caller, args: Args) -> Json:
    """`chat.postMessage`."""
    channel = _open_conversation(caller, args["channel"])
    _writable(caller, channel)
    said = content(caller, args)
    thread_ts = _thread(caller, channel, args)
    message = caller.world.post(channel.id, caller.world.bot_user_id, thread_ts=thread_ts, **said)
    return {"channel": channel.id, "ts": message.ts, "message": message.to_json(metadata=True)}


def post_ephemeral(caller: Caller, args: Args) -> Json:
    """`chat.postEphemeral`."""
    channel = conversation(caller, args["channel"])
    _writable(caller, channel)
    user = caller.world.users.get(str(args["user"]))
    if user is None or user.deleted or user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    said = content(caller, args) | {"metadata": None}
    thread_ts = _thread(caller, channel, args)
    world = caller.world
    message = world.post(channel.id, world.bot_user_id, thread_ts=thread_ts, ephemeral_to=user.id, **said)
    return {"message_ts": message.ts}


def _own_message(caller: Caller, args: Args, refused: str) -> Message:
    if str(args["channel"]) in caller.world.users:
        raise Refusal("channel_not_found")
    channel = conversation(caller, args["channel"])
    message = caller.world.message(channel.id, str(args["ts"]))
    if message is None or message.ephemeral_to:
        raise Refusal("message_not_found")
    if message.user != caller.world.bot_user_id:
        raise Refusal(refused)
    return message


def update(caller: Caller, args: Args) -> Json:
    """`chat.update`: own messages only, by the id of the conversation and never of a user."""
    message = _own_message(caller, args, "cant_update_message")
    if caller.world.channels[message.channel].is_archived:
        raise Refusal("is_inactive")
    said = content(caller, args, MAX_EDITED_TEXT)
    if said["metadata"] is None:
        del said["metadata"]  # an edit without metadata leaves it alone
    if args.get("blocks") is None:
        del said["blocks"]
    caller.world.edit(message, **said)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.to_json(metadata=True),
    }


def delete(caller: Caller, args: Args) -> Json:
    """`chat.delete`: own messages only."""
    message = _own_message(caller, args, "cant_delete_message")
    caller.world.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(caller: Caller, args: Args) -> Json:
    """`chat.getPermalink`."""
    channel = conversation(caller, args["channel"])
    message = caller.world.message(channel.id, str(args["message_ts"]))
    if message is None or message.ephemeral_to:
        raise Refusal("message_not_found")
    link = (
        f"https://{caller.world.team_domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    )
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def history(caller: Caller, args: Args) -> Json:
    """`conversations.history`: lasting messages, newest first; metadata only when asked for."""
    channel = conversation(caller, args["channel"])
    caller.require(
        "im:history" if channel.is_im else "groups:history" if channel.is_private else "channels:history"
    )
    if caller.world.bot_user_id not in channel.members:
        raise Refusal("not_in_channel")
    limit = _limit(args)
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    found = [m for m in caller.world.messages(channel.id) if oldest < float(m.ts) < latest]
    newest_first = found[::-1]
    shown = [m.to_json(metadata=truthy(args, "include_all_metadata")) for m in newest_first[:limit]]
    return {"messages": shown, "has_more": len(found) > limit}


def replies(caller: Caller, args: Args) -> Json:
    """`conversations.replies`: a message and its thread, oldest first."""
    channel = conversation(caller, args["channel"])
    caller.require(
        "im:history" if channel.is_im else "groups:history" if channel.is_private else "channels:history"
    )
    parent = caller.world.message(channel.id, str(args["ts"]))
    if parent is None:
        raise Refusal("thread_not_found")
    oldest = float(args.get("oldest") or 0)
    thread = caller.world.messages(channel.id, parent.ts)
    shown = [m for m in thread if float(m.ts) > oldest]
    include = truthy(args, "include_all_metadata")
    limit = _limit(args)
    return {"messages": [m.to_json(metadata=include) for m in shown[:limit]], "has_more": len(shown) > limit}


def _limit(args: Args) -> int:
    try:
        limit = int(args.get("limit") or 100)
    except ValueError:
        raise invalid("invalid_arguments", ["[ERROR] must be a number [json-pointer:/limit]"]) from None
    return max(1, min(limit, 999))
