"""What happened in the local Slack, told to everybody who waits for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """One thing that happened: `kind` is `message`, `view`, `home`, `call`, `delivery`, `socket`, ..."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    number: int = 0


class Changes:
    """A synchronous announcer with asynchronous listeners; announcing never blocks and never fails."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._subscribers: set[asyncio.Queue[Change | None]] = set()

    def announce(self, kind: str, **data: Any) -> None:
        """Tell everybody who waits or subscribes."""
        self._count += 1
        change = Change(kind, data, self._count)
        for queue in self._subscribers:
            queue.put_nowait(change)
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, predicate: Callable[[], T | None], *, what: str, timeout: float) -> T:  # noqa: ASYNC109
        """Return the first truthy answer, asking again after each change; `TimeoutError` names `what`."""
        try:
            async with asyncio.timeout(timeout):
                while not (answer := predicate()):
                    await self._next()
        except TimeoutError:
            raise TimeoutError(f"waited {timeout:g} s for {what}") from None
        return answer

    async def _next(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    async def subscribe(self) -> AsyncIterator[Change]:
        """Every change from now on, until the sandbox closes."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._subscribers.add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            self._subscribers.discard(queue)

    def close(self) -> None:
        """End all subscriptions."""
        for queue in self._subscribers:
            queue.put_nowait(None)
