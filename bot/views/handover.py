"""The hand-over: the requester sees the key once more, in a modal of their own, to paste it into Netskope.

The only view that ever holds a key; it goes into one `views.update` and nowhere else.
"""

from __future__ import annotations

from bot.domain.request import Request, State
from bot.views import actions as a
from bot.views import blocks as b
from bot.views.language import say

TITLE = "The key, once"
ALREADY = (
    "*The key was shown already, and it is shown only once.* If you did not see it, or it got lost, press "
    "*Cancel request*, make a new key at OpenAI and start again with it."
)
GONE = "*There is no key to show any more:* it was destroyed."


def button(request: Request) -> b.Block:
    """Return the button; Slack asks first, because the one time is used up by a yes."""
    ask = b.confirm(
        say("Show the key once?"),
        say(request.product.words.paste, product=request.product.name),
        say("Show it"),
    )
    value = a.pack(request)
    return b.button(
        say("Show the key once"),
        a.SHOW_KEY,
        value,
        label=say("Show the key once, {id}", id=request.id),
        ask=ask,
    )


def offered(request: Request) -> bool:
    """Return whether the key could be shown now, as far as the request itself goes."""
    return request.state is State.AWAITING_NETSKOPE and not (request.key_shown_at or request.key_destroyed_at)


def waiting() -> b.Block:
    """Return the modal that is there before the key is: nothing is used up while it cannot be shown."""
    return b.modal(say(TITLE), [b.section(say("One moment: fetching the key."))], close=say("Close"))


def once(request: Request, key: str) -> b.Block:
    """Return the modal with the key."""
    where = say(
        "Paste it into {product}, instance {instance_name}.",
        product=request.product.name,
        instance_name=b.code(request.draft.instance_name, 64),
    )
    small = say(
        "It is not shown again, and it is in no message. Do not put it into a chat, a ticket or a note."
    )
    return b.modal(
        say(TITLE),
        [b.section(f"*{request.id}*\n{where}"), b.section(b.block_code(key)), b.context(small)],
        close=say("Done"),
    )
