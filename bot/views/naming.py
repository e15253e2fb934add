"""What states, rungs and presses are called for one request: in the words of its product."""

from __future__ import annotations

from bot.domain.evidence import Rung
from bot.domain.request import Request, State
from bot.views import words
from bot.views.language import say


def done(event: str, request: Request) -> str:
    """Return what the person who pressed hears, in the words of the request's product."""
    product = request.product
    match event:
        case "grant_pressed":
            return say(product.words.pressed_noted, product=product.name)
        case "green_check_seen":
            return say(product.words.seen_noted, product=product.name)
        case _:
            return say(words.DONE.templates[event], product=product.name)


def title(request: Request, state: str = "") -> str:
    """Return the name of the request's present state, or of another one, in the words of its product."""
    named = State(state or request.state)
    if named is State.AWAITING_NETSKOPE:
        return say(request.product.words.ready, product=request.product.name)
    return words.STATES[named]


def claim(request: Request, rung: Rung) -> str:
    """Return what a rung claims of this request, in the words of its product."""
    own = {
        Rung.INSTANCE_RECORDED: request.product.words.recorded_claim,
        Rung.GREEN_CHECK_SEEN: request.product.words.seen_claim,
    }
    return say(own[rung], product=request.product.name) if rung in own else words.RUNGS[rung]


def scope(request: Request) -> str:
    """Return what OpenAI is asked to grant, in its own words; a project key is granted nothing."""
    return words.OPENAI_SCOPES[request.draft.scope] if request.product.grants else say("none")
