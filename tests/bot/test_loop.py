"""Which event loop the bot runs on, and that it ends as it should."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot import loop
from bot.adapters.vault import Keyring
from bot.main import build
from bot.metrics import AUDITS
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import free_port
from bot.settings import load_settings
from tests.wait import until

SAY_WHICH = (
    "import asyncio, sys; sys.modules.update({{{hidden!r}: None}}); from bot import loop\n"
    "async def main(): print(type(asyncio.get_running_loop()).__module__.partition('.')[0])\n"
    "loop.run(main())"
)


@pytest.mark.parametrize(("hidden", "found"), [("nothing", "uvloop"), ("uvloop", "asyncio")])
def test_the_fast_loop_is_used_where_it_is_installed_and_missed_by_nobody_elsewhere(hidden, found):
    pytest.importorskip("uvloop")
    code = SAY_WHICH.format(hidden=hidden)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [found]


def test_an_error_comes_out_and_work_left_behind_is_cancelled():
    ended: list[str] = []

    async def forgotten() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("forgotten")

    async def main() -> None:
        task = asyncio.create_task(forgotten())
        await asyncio.sleep(0)
        assert not task.done()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop.run(main())
    assert ended == ["forgotten"]


async def test_what_has_to_go_on_begins_again_however_it_ended_until_it_is_cancelled() -> None:
    begun, deaths = 0, 0

    def died() -> None:
        nonlocal deaths
        deaths += 1

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise ZeroDivisionError
        if begun == 2:
            raise asyncio.CancelledError  # of something it waited for: nobody cancelled us
        if begun > 3:
            await asyncio.Event().wait()

    task = asyncio.create_task(loop.kept_up("the work", work, died, pause=0))
    await until(lambda: begun == 4, what="a fourth beginning", timeout=30)
    assert (deaths, task.done()) == (3, False)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_bot_whose_auditor_dies_serves_on_and_counts_it(redis_url: str, tmp_path: Path) -> None:
    class Doomed:
        async def run(self) -> None:
            raise ZeroDivisionError

    def deaths() -> float:
        return AUDITS.labels("died")._value.get()

    before = deaths()
    async with LocalWorld() as world:
        environment = world.environment(tmp_path, port=free_port()) | {
            "REDIS_URL": redis_url,
            "GREENLIGHT_ENCRYPTION_KEYS": Keyring.generate().dump().get_secret_value(),
        }
        async with build(load_settings(environment)) as bot:
            bot.auditor = Doomed()  # type: ignore[assignment]
            running = asyncio.create_task(bot.run())
            await until(lambda: deaths() > before, what="the death to be counted", timeout=30)
            assert (await bot.readiness())["serving"]
            bot.stopping.set()
            await running
