"""OpenAI's Compliance API through two read-only calls per probe; the key travels in one header only."""

from datetime import datetime

import httpx
from pydantic import SecretStr

from bot.domain.diagnosis import Diagnosis


class OpenAICompliance:
    """Probes a key against a ChatGPT workspace; never raises for what OpenAI or the network does."""

    def __init__(self, client: httpx.AsyncClient, compliance_url: str, api_url: str) -> None:
        self._client = client
        self._compliance_url = compliance_url
        self._api_url = api_url

    async def probe(
        self, workspace_id: str, key: SecretStr, *, at: datetime, was_granted: bool, admin_key: bool
    ) -> Diagnosis:
        """Return what OpenAI says about `key` for the workspace (a lower- or upper-case UUID) at this moment."""
        raise NotImplementedError
