"""A Netskope tenant as three lists."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.casb import CasbReport, Sighting, Since, Trouble, TroubleKind


@dataclass
class CasbTwin:
    """Sees what was created, deleted and read; `trouble` makes it blind."""

    clock: Callable[[], float]
    trouble: TroubleKind | None = None
    looks: list[bool] = field(default_factory=list)
    _audit: list[tuple[str, str, Sighting]] = field(default_factory=list)
    _data: list[Sighting] = field(default_factory=list)

    def create_instance(
        self, app: str, name: str, workspace_id: str = "", by: str = "admin@acme.example"
    ) -> None:
        """Press *Grant Access*."""
        self._write("created", app, name, by)

    def delete(self, name: str, *, by: str = "admin@acme.example") -> None:
        """Delete the instance."""
        self._write("deleted", next(app for app, known, _ in self._audit if known == name), name, by)

    def flow(self, name: str) -> None:
        """Let the connector read something."""
        app = next(app for app, known, _ in self._audit if known == name)
        self._data.append(
            Sighting(at=self._now(), what="application event", detail=f"{app} via API Connector")
        )

    async def look(
        self, *, since: datetime, until: datetime, instance_name: str, workspace_id: str, data_since: Since
    ) -> CasbReport:
        """Say what the real adapter would say."""
        self.looks.append(data_since is not None)
        if self.trouble is not None:
            return CasbReport(troubles=(Trouble(endpoint="audit", kind=self.trouble, seen="audit twin"),))
        ours = [
            sighting
            for app, name, sighting in self._audit
            if "ChatGPT" in app and name.lower() == instance_name.lower() and since <= sighting.at <= until
        ]
        data = [sighting for sighting in self._data if data_since and data_since <= sighting.at <= until]
        gone = [sighting for sighting in ours if sighting.what.endswith("deleted")]
        there = [sighting for sighting in ours if not sighting.what.endswith("deleted")]
        return CasbReport(
            instance=_last(there),
            deleted=_last(gone),
            data=_last(data),
            through=until,
            data_through=until if data_since else None,
        )

    def _write(self, done: str, app: str, name: str, by: str) -> None:
        what = f"Next Gen CASB API instance {done}"
        self._audit.append((app, name, Sighting(at=self._now(), what=what, detail=f"instance {name}", by=by)))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(int(self.clock()), UTC)


def _last(sightings: list[Sighting]) -> Sighting | None:
    return sightings[-1] if sightings else None
