"""What Netskope's audit log and events say about one ChatGPT instance: read tolerantly, claimed narrowly.

Source: Netskope's audit log types, its published event schema, records seen in other vendors' integrations.
The content of an instance record is documented nowhere, so the whole record is searched, and "app not stated"
stays visible instead of being rounded up.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

Endpoint = Literal["audit", "application", "alert"]


class TroubleKind(StrEnum):
    """Why an endpoint of the tenant gave no usable answer; none of these says anything about the instance."""

    BAD_TOKEN = "bad_token"  # noqa: S105
    NOT_PERMITTED = "not_permitted"
    NO_ROUTE = "no_route"
    LIMITED = "limited"
    OUTAGE = "outage"
    MALFORMED = "malformed"
    FAILED_EXECUTION = "failed_execution"


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Trouble(_Fact):
    """One endpoint that could not be read, with the short fact it rests on (``audit 403``)."""

    endpoint: Endpoint
    kind: TroubleKind
    retry_after: float | None = None
    seen: str = ""


class Sighting(_Fact):
    """One dated record: `what` happened, `by` whom; not `app_stated` when the record names no app at all."""

    at: datetime
    what: str
    detail: str = ""
    by: str | None = None
    app_stated: bool = True


class CasbReport(_Fact):
    """What one look into the tenant found about the instance."""

    instance: Sighting | None = None
    deleted: Sighting | None = None
    data: Sighting | None = None
    troubles: tuple[Trouble, ...] = ()

    @property
    def standing(self) -> Sighting | None:
        """Return the instance record, unless a later record says that ChatGPT instance was deleted."""
        gone = (
            self.instance and self.deleted and self.deleted.app_stated and self.deleted.at > self.instance.at
        )
        return None if gone else self.instance


class EndpointAccess(_Fact):
    """Whether the token may read one endpoint; `trouble` says why not."""

    endpoint: Endpoint
    allowed: bool
    trouble: Trouble | None = None
