"""Slack's doorstep: payload in, one service call, answer out; one module per journey."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers.admission import Admission
from handlers.away import Away
from handlers.decisions import Decisions
from handlers.doorstep import Doorstep, InFlight, Screens
from handlers.errors import Complaints
from handlers.events import Events
from handlers.evidence import Evidence
from handlers.handover import Handover
from handlers.home import Home
from handlers.intake import Intake
from handlers.netskope import Netskope
from handlers.status import Status
from handlers.waiting import Waiting

__all__ = ["Doorstep", "InFlight", "Screens", "register"]


def register(app: AsyncApp, doorstep: Doorstep) -> None:
    """Listen to everything the manifest promises; errors of all listeners end in `handlers.errors`."""
    complaints = Complaints(doorstep)
    intake = Intake(doorstep, complaints)
    decisions = Decisions(doorstep, complaints)
    Admission(doorstep, complaints).register(app)
    away = Away(doorstep, complaints)
    journeys = (
        Status(doorstep, complaints, intake, decisions, away),
        away,
        intake,
        decisions,
        Netskope(doorstep, complaints),
        Handover(doorstep, complaints),
        Evidence(doorstep, complaints),
        Waiting(doorstep, complaints),
        Home(doorstep),
        Events(doorstep),
    )
    for journey in journeys:
        journey.register(app)
    app.error(complaints.listener)
