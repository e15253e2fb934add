"""OpenAI's Compliance API as a dictionary."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from bot.domain.diagnosis import Diagnosis, Verdict
from bot.sandbox.openai import KeyState

_SAYS: dict[KeyState, tuple[Verdict, str]] = {
    KeyState.UNKNOWN: (Verdict.REJECTED, "7"),
    KeyState.PENDING: (Verdict.MISSING, "4"),
    KeyState.PENDING_SILENT: (Verdict.NOT_FOR_WORKSPACE, "5"),
    KeyState.READ: (Verdict.GRANTED, "1"),
    KeyState.READ_DELETE: (Verdict.GRANTED, "1"),
    KeyState.LOGS_ONLY: (Verdict.LOGS_ONLY, "2"),
    KeyState.REVOKED: (Verdict.REJECTED, "7"),
    KeyState.FOREIGN_ORGANIZATION: (Verdict.WRONG_ORGANIZATION, "10"),
    KeyState.BLOCKED_IP: (Verdict.BLOCKED, "13"),
    KeyState.OUTAGE: (Verdict.OUTAGE, "16-5xx"),
    KeyState.HTML: (Verdict.EDGE, "14"),
    KeyState.LIMITED: (Verdict.LIMITED, "15"),
    KeyState.SLOW: (Verdict.OUTAGE, "16"),
    KeyState.MALFORMED: (Verdict.UNCLEAR, "unknown"),
}
_DEAD = (KeyState.UNKNOWN, KeyState.REVOKED)


@dataclass
class ComplianceTwin:
    """Says what a key's state means, and remembers who asked; `on_probe` may raise or change the world."""

    states: dict[str, KeyState] = field(default_factory=dict)
    workspaces: dict[str, str] = field(default_factory=dict)
    probes: list[tuple[str, datetime]] = field(default_factory=list)

    def add_key(self, key: str, state: KeyState | str, workspace_id: str) -> None:
        """Make a key known."""
        self.states[key], self.workspaces[key] = KeyState(state), workspace_id.lower()

    def set_state(self, key: str, state: KeyState | str) -> None:
        """Change a key."""
        self.states[key] = KeyState(state)

    async def probe(
        self, workspace_id: str, key: SecretStr, *, at: datetime, was_granted: bool, admin_key: bool
    ) -> Diagnosis:
        """Say what the real adapter would say."""
        secret = key.get_secret_value()
        self.probes.append((workspace_id, at))
        state = self.states.get(secret, KeyState.UNKNOWN)
        verdict, row = _SAYS[state]
        if state in _DEAD and was_granted:
            verdict, row = Verdict.REVOKED, "8"
        elif state in (*_DEAD, KeyState.PENDING, KeyState.PENDING_SILENT) and admin_key:
            row = {"7": "7-admin", "4": "4-admin", "5": "5-admin"}[row]
        elif verdict is Verdict.GRANTED and self.workspaces[secret] != workspace_id.lower():
            verdict, row = Verdict.WRONG_WORKSPACE, "9"
        wait = 7.0 if verdict is Verdict.LIMITED else None
        return Diagnosis(verdict=verdict, row=row, retry_after=wait, seen=("twin",))
