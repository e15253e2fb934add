"""Several Netskope tenants: the doctor looks at each, with its own token, and says which one is ill."""

from __future__ import annotations

import json

from bot.doctor import Standing
from bot.sandbox.netskope import NetskopeSandbox
from tests.bot.doctor.conftest import Patient


async def test_each_tenant_has_findings_of_its_own(patient: Patient) -> None:
    first = patient.world.netskope
    async with NetskopeSandbox(token="token-of-the-second") as second, NetskopeSandbox() as third:
        tokens = {
            first.tenant_url: first.token,
            second.tenant_url: "token-nobody-knows",
            third.tenant_url: "",
        }
        patient.environ["NETSKOPE_TENANTS"] = json.dumps(tokens)
        for name in ("NETSKOPE_TENANT_URL", "NETSKOPE_API_TOKEN"):
            patient.environ.pop(name)
        found = {one.name: one for one in await patient.findings()}
    hosts = [one.tenant_url.removeprefix("http://") for one in (first, second, third)]
    assert [found[f"netskope {host} reachable"].standing for host in hosts] == [Standing.OK] * 3
    assert found[f"netskope {hosts[0]} audit"].standing is Standing.OK
    ill = found[f"netskope {hosts[1]} audit"]
    assert (ill.standing, "NETSKOPE_TENANTS" in ill.mend) == (Standing.FAILURE, True)
    assert found[f"netskope {hosts[2]} token"].standing is Standing.WARNING
    assert third.calls == []
