"""Injected bad days: a queue of faults per Web API method, and real rate limiting for those who want it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["error", "status", "hang", "reset", "slow"]
BURST = 3
PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}
# documented tiers of the methods we know, per method and workspace
TIERS = {
    "apps.connections.open": "t3",
    "chat.update": "t3",
    "chat.delete": "t3",
    "chat.postEphemeral": "t4",
    "conversations.info": "t3",
    "conversations.members": "t4",
    "conversations.history": "t3",
    "conversations.replies": "t3",
    "conversations.open": "t3",
    "files.completeUploadExternal": "t4",
    "files.getUploadURLExternal": "t4",
    "usergroups.list": "t2",
    "usergroups.users.list": "t2",
    "users.info": "t4",
    "users.lookupByEmail": "t3",
    "views.open": "t4",
    "views.publish": "t4",
    "views.push": "t4",
    "views.update": "t4",
}


@dataclass
class Fault:
    """One thing that goes wrong: before the method does anything, or `after` it has taken effect."""

    kind: Kind
    error: str = ""
    status: int = 200
    seconds: float = 0.0
    after: bool = False
    channel: str | None = None
    times: int = 1


class Faults:
    """What goes wrong next. `method` is a Web API method or `*`; `channel` narrows a fault to one channel."""

    def __init__(self) -> None:
        self.queue: list[tuple[str, Fault]] = []
        self.doubled_deliveries = 0

    def add(self, method: str, fault: Fault) -> None:
        """Queue a fault for the next matching call."""
        self.queue.append((method, fault))

    def rate_limited(
        self, method: str = "*", *, retry_after: float = 1, times: int = 1, channel: str | None = None
    ) -> None:
        """429 with `Retry-After` (whole seconds)."""
        self.add(method, Fault("status", "ratelimited", 429, retry_after, channel=channel, times=times))

    def status(self, method: str = "*", status: int = 500, *, after: bool = False, times: int = 1) -> None:
        """An HTTP status with a body that is not JSON."""
        self.add(method, Fault("status", "", status, after=after, times=times))

    def error(self, method: str, error: str, *, times: int = 1, channel: str | None = None) -> None:
        """A documented error: `invalid_auth`, `not_in_channel`, `is_archived`, `message_not_found`, ..."""
        self.add(method, Fault("error", error, channel=channel, times=times))

    def timeout(
        self, method: str = "*", *, after: bool = False, seconds: float = 120, times: int = 1
    ) -> None:
        """No answer at all; with `after`, Slack has accepted the call all the same."""
        self.add(method, Fault("hang", seconds=seconds, after=after, times=times))

    def reset(self, method: str = "*", *, after: bool = False, times: int = 1) -> None:
        """The connection is reset; with `after`, Slack has accepted the call all the same."""
        self.add(method, Fault("reset", after=after, times=times))

    def slow(self, method: str = "*", *, seconds: float, times: int = 1) -> None:
        """A late but correct answer."""
        self.add(method, Fault("slow", seconds=seconds, times=times))

    def double_deliveries(self, times: int = 1) -> None:
        """The next interactions are delivered twice at the same moment."""
        self.doubled_deliveries += times

    def take_doubled(self) -> bool:
        """Whether this delivery is one of the doubled ones."""
        doubled = self.doubled_deliveries > 0
        self.doubled_deliveries -= doubled
        return doubled

    def take(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        """The fault for this call, used up by it."""
        for index, (wanted, fault) in enumerate(self.queue):
            if wanted in ("*", method) and fault.channel in (None, args.get("channel")):
                fault.times -= 1
                if fault.times <= 0:
                    del self.queue[index]
                return fault
        return None

    def clear(self) -> None:
        """A good day again."""
        self.queue.clear()
        self.doubled_deliveries = 0


class RateLimits:
    """Token buckets: messages 1 per second and channel after a burst of three, others by tier."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def wait_for(self, method: str, channel: str) -> float | None:
        """Seconds to wait before this call is welcome; `None` = it is, and has been counted."""
        if method == "chat.postMessage":
            return self._take((method, channel), BURST, 1.0)
        if tier := TIERS.get(method):
            return self._take((method, ""), PER_MINUTE[tier], PER_MINUTE[tier] / 60)
        return None

    def _take(self, bucket: tuple[str, str], burst: float, per_second: float) -> float | None:
        now = self._now()
        left, since = self._buckets.get(bucket, (burst, now))
        left = min(burst, left + (now - since) * per_second)
        if left < 1:
            self._buckets[bucket] = (left, now)
            return (1 - left) / per_second
        self._buckets[bucket] = (left - 1, now)
        return None
