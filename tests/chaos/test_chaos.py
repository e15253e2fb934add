"""The short form of `make chaos`, and the same journeys on other stores; a seed can be played again."""

from __future__ import annotations

import asyncio
import random
import shlex
from pathlib import Path

import pytest

from tests.chaos.__main__ import wishes
from tests.chaos.run import Run
from tests.chaos.world import Company, plans
from tests.servers import cluster, guarded

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(("seed", "transport"), [(7, "socket"), (11, "http")])
async def test_under_chaos_everything_ends_as_its_people_decided(
    seed: int, transport: str, tmp_path: Path
) -> None:
    run = Run(seed, journeys=8, transport=transport)
    report = await run.play(tmp_path)
    assert report.is_good, f"{run.again}\n{run.troubles}\n{report.text()}"
    assert run.troubles.keys() >= {"kill -9 of a replica", "kill -9 of the store"}


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_run_that_fails_names_the_command_that_draws_it_again(transport: str) -> None:
    run = Run(7, journeys=12, transport=transport)
    make, chaos, seed, *words = shlex.split(run.again)
    assert (make, chaos) == ("make", "chaos")
    given = wishes(["--seed", seed.removeprefix("SEED="), *shlex.split(words[0].removeprefix("ARGS="))])
    assert (int(given.seed), given.journeys, given.transport) == (7, 12, transport)
    plan, again, other = (plans(given.journeys, random.Random(one)) for one in (7, int(given.seed), 8))
    assert plan == again != other
    assert len(plan) == 12


async def test_the_journeys_end_well_on_a_cluster_of_three(tmp_path: Path) -> None:
    with cluster(tmp_path / "store") as nodes:
        run = Run(1, journeys=4, replicas=2, monkey=False)
        report = await run.on(tmp_path, f"redis+cluster://{nodes[0].address}", None)
    assert report.is_good, report.text()


async def test_the_journeys_end_well_across_a_sentinel_failover(tmp_path: Path) -> None:
    with guarded(tmp_path / "store") as group:

        async def fail_over(company: Company) -> None:
            world = company.world.slack
            await world.until(lambda: len(world.world.posted) > 8, what="journeys under way")
            await asyncio.to_thread(group.lose_primary)

        run = Run(2, journeys=4, replicas=2, transport="http", monkey=False)
        report = await run.on(tmp_path, group.url, None, meanwhile=fail_over)
        assert await asyncio.to_thread(group.promoted)
    assert report.is_good, report.text()
