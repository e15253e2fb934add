"""The `views.*` methods: modals with their stack, hashes and trigger ids, and the Home tab."""

from typing import Any

from bot.sandbox.slack.api import Args, Caller, Refusal, invalid, structured
from bot.sandbox.slack.blocks import too_large, view_problems, with_ids
from bot.sandbox.slack.model import Json, Trigger, View
from bot.sandbox.slack.payloads import view_json
from bot.sandbox.slack.world import MAX_STACK, World


def view_content(world: World, view: Any, *kinds: str, instead_of: View | None = None) -> Json:
    """A view that Slack would accept, with all ids filled in; a refusal otherwise."""
    if too_large(view):
        raise Refusal("view_too_large")
    if problems := view_problems(view):
        raise invalid("invalid_arguments", problems)
    if view["type"] not in kinds:
        raise invalid("invalid_arguments", [f"[ERROR] must be of type {kinds[0]} [json-pointer:/view/type]"])
    external_id = view.get("external_id")
    if external_id and world.view(external_id=external_id) not in (None, instead_of):
        raise Refusal("duplicate_external_id")
    return {**view, "blocks": with_ids(view["blocks"], lambda: world.new_id("b"))}


def _argument(args: Args) -> Any:
    return structured(args, "view", "invalid_arguments")


def _trigger(caller: Caller, args: Args) -> Trigger:
    if not (trigger_id := args.get("trigger_id")):
        raise invalid(
            "invalid_arguments", ["[ERROR] missing required field: trigger_id [json-pointer:/trigger_id]"]
        )
    trigger = caller.world.triggers.get(str(trigger_id))
    if trigger is None:
        raise Refusal("invalid_trigger_id")
    if caller.world.clock() - trigger.issued_at > caller.world.patience:
        raise Refusal("expired_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    return trigger


def _answer(caller: Caller, view: View) -> Json:
    return {"view": view_json(caller.world, view)}


def open_view(caller: Caller, args: Args) -> Json:
    """`views.open`."""
    trigger = _trigger(caller, args)
    content = view_content(caller.world, _argument(args), "modal")
    trigger.used = True
    return _answer(caller, caller.world.open_view(trigger.user, content))


def push(caller: Caller, args: Args) -> Json:
    """`views.push`: only from inside a modal, and no more than three deep."""
    trigger = _trigger(caller, args)
    content = view_content(caller.world, _argument(args), "modal")
    stack = caller.world.stack(trigger.user)
    if not stack or trigger.view_id not in [view.id for view in stack]:
        raise Refusal("not_found")
    if len(stack) >= MAX_STACK:
        raise Refusal("push_limit_reached")
    trigger.used = True
    return _answer(caller, caller.world.open_view(trigger.user, content, push=True))


def _check_hash(args: Args, view: View) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise Refusal("hash_conflict")


def update(caller: Caller, args: Args) -> Json:
    """`views.update`: by view id or external id, guarded by the hash when one is given."""
    if not (args.get("view_id") or args.get("external_id")):
        raise invalid(
            "invalid_arguments", ["[ERROR] missing required field: view_id [json-pointer:/view_id]"]
        )
    view = caller.world.view(args.get("view_id"), args.get("external_id"))
    if view is None:
        raise Refusal("not_found")
    _check_hash(args, view)
    content = view_content(caller.world, _argument(args), view.type, instead_of=view)
    return _answer(caller, caller.world.update_view(view, content))


def publish(caller: Caller, args: Args) -> Json:
    """`views.publish`: the Home tab of one person."""
    if not caller.world.home_enabled:
        raise Refusal("not_enabled")
    user = caller.world.users.get(str(args["user_id"]))
    if user is None or user.deleted:
        raise invalid("invalid_arguments", ["[ERROR] user not found [json-pointer:/user_id]"])
    home = caller.world.homes.get(user.id)
    if home:
        _check_hash(args, home)
    content = view_content(caller.world, _argument(args), "home", instead_of=home)
    return _answer(caller, caller.world.publish_home(user.id, content))
