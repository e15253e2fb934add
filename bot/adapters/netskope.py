"""Netskope's REST API v2, read only: the audit log and the events of one tenant."""

from datetime import datetime

import httpx
from pydantic import SecretStr

from bot.domain.casb import CasbReport, EndpointAccess


class NetskopeTenant:
    """Looks for the ChatGPT instance in one tenant; never raises for what the tenant or the network does."""

    def __init__(self, client: httpx.AsyncClient, tenant_url: str, token: SecretStr) -> None:
        self._client = client
        self._tenant_url = tenant_url
        self._token = token

    async def look(
        self, *, since: datetime, until: datetime, instance_name: str, workspace_id: str, want_data: bool
    ) -> CasbReport:
        """Return what the tenant recorded between the two times; events are asked for only if `want_data`."""
        raise NotImplementedError

    async def check_access(self, at: datetime) -> tuple[EndpointAccess, ...]:
        """Return which of the needed endpoints the token may read, by asking each for one record."""
        raise NotImplementedError
