"""Block Kit in our words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """What Slack posts: `text` is the whole message for notifications and screen readers, `blocks` the layout."""

    text: str
    blocks: tuple[Block, ...]
