"""Files by `files.getUploadURLExternal`, a POST of the bytes, and `files.completeUploadExternal`.

Strict: an upload URL takes exactly the announced number of bytes, as they are, and only once; a file that
never came, or was shared before, is not found.
"""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox.slack.api import Args, Caller, Refusal, conversation, invalid, structured
from bot.sandbox.slack.model import Json, Upload
from bot.sandbox.slack.world import World


def upload_url(caller: Caller, args: Args) -> Json:
    """`files.getUploadURLExternal`."""
    length = str(args["length"])
    if not length.isascii() or not length.isdigit():
        raise invalid("invalid_arguments", ["[ERROR] must be an integer [json-pointer:/length]"])
    if int(length) == 0:
        raise Refusal("missing_argument")
    upload = Upload(caller.world.new_id("F"), secrets.token_urlsafe(18), str(args["filename"]), int(length))
    caller.world.uploads[upload.id] = upload
    return {"upload_url": f"{caller.world.base}/upload/v1/{upload.token}", "file_id": upload.id}


def receive(world: World, token: str, body: bytes) -> None:
    """Take the bytes; raises `Refusal` unless they are the announced ones, for the first time."""
    upload = next((one for one in world.uploads.values() if one.token == token), None)
    if upload is None or upload.used:
        raise Refusal("no_such_upload")
    upload.used = True
    if len(body) != upload.length:
        raise Refusal("length_mismatch")
    upload.body = body


def complete(caller: Caller, args: Args) -> Json:
    """`files.completeUploadExternal`; without `channel_id` the files stay private."""
    uploads = [_ready(caller.world, one) for one in _listed(args)]
    channel = conversation(caller, args["channel_id"]) if args.get("channel_id") else None
    if channel and caller.world.bot_user_id not in channel.members:
        raise Refusal("not_in_channel")
    for upload, title in uploads:
        upload.title, upload.shared = title or upload.name, True
    files = [{"id": upload.id, "title": upload.title} for upload, _ in uploads]
    if channel:
        said = str(args.get("initial_comment") or "")
        caller.world.post(channel.id, caller.world.bot_user_id, said, files=files)
    return {"files": files}


def _listed(args: Args) -> list[Json]:
    files: Any = structured(args, "files", "invalid_arguments")
    if not isinstance(files, list) or not all(isinstance(one, dict) and one.get("id") for one in files):
        raise invalid("invalid_arguments", ["[ERROR] must be a list of files [json-pointer:/files]"])
    return files


def _ready(world: World, listed: Json) -> tuple[Upload, str]:
    upload = world.uploads.get(str(listed["id"]))
    if upload is None or upload.body is None or upload.shared:
        raise Refusal("file_not_found")
    return upload, str(listed.get("title") or "")
