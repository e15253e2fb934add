import asyncio

from structlog.testing import capture_logs

from handlers import InFlight


class TestWorkAfterTheAnswer:
    async def test_it_is_finished_before_the_end(self):
        inflight, done = InFlight(), []

        async def work():
            await asyncio.sleep(0.01)
            done.append("posted")
            if len(done) == 1:
                inflight.spawn(work())

        inflight.spawn(work())
        assert await inflight.drain(60) == 0
        assert done == ["posted", "posted"]
        assert len(inflight) == 0

    async def test_what_does_not_end_is_given_up_and_counted(self):
        inflight = InFlight()
        inflight.spawn(asyncio.Event().wait())
        assert await inflight.drain(0.01) == 1

    async def test_its_failures_are_logged_by_kind_without_their_text(self):
        inflight = InFlight()

        async def fail():
            raise ValueError("sk-secret")

        with capture_logs() as logs:
            inflight.spawn(fail())
            await inflight.drain(60)
        assert logs[0]["error"] == "ValueError"
        assert "sk-secret" not in str(logs)
