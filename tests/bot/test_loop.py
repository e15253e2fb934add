"""Which event loop the bot runs on, and that it ends as it should."""

import asyncio
import subprocess
import sys

import pytest

from bot import loop

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
