"""Settings of the bot: read from the environment and `.env`, checked once, frozen afterwards.

No message made here ever repeats a value, so a token pasted into the wrong variable stays out of logs.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import tenants
from bot.connectors import DEFAULT
from bot.domain.errors import GreenlightError
from bot.domain.patience import Patience
from bot.patience_file import PatienceTable
from bot.tenants import TenantTokens
from bot.values import (
    AppToken,
    AuditUrl,
    BaseUrl,
    BotToken,
    CollectorUrl,
    Connectors,
    Hosts,
    HttpsUrl,
    KeyName,
    Lower,
    MountPath,
    Names,
    RedisUrl,
    SlackIds,
    SlackUrl,
    SmtpUrl,
    Upper,
    Word,
)
from bot.variables import REFERENCE as REFERENCE  # noqa: PLC0414  # re-exported
from bot.variables import Variable as Variable  # noqa: PLC0414
from bot.variables import variable

_PREFIX = "GREENLIGHT_"


class SettingsError(GreenlightError):
    """The environment cannot be used; `problems` holds one sentence per variable, without its value."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class Settings(BaseSettings):
    """Everything an operator can choose; made by `load_settings`, or by keyword in tests."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=variable,
        populate_by_name=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    slack_bot_token: BotToken | None = None
    slack_app_token: AppToken | None = None
    slack_signing_secret: Word | None = None
    slack_api_url: SlackUrl = "https://slack.com/api/"
    transport: Annotated[Literal["socket", "http"], Lower] = "socket"
    http_host: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$")] = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 3000
    public_url: BaseUrl | None = None
    redis_url: RedisUrl | None = None
    data_dir: Path = Path("var")
    encryption_keys: SecretStr | None = None
    encryption_keys_file: Path | None = None  # where the value above came from, so that rotation is followed
    key_provider: Names = ("local",)
    vault_addr: BaseUrl | None = None
    vault_token_file: Path | None = None
    vault_namespace: MountPath | None = None
    vault_transit_mount: MountPath = "transit"
    vault_transit_key: KeyName = "greenlight"
    channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]+$")] | None = None
    admins: SlackIds = ()
    reviewers: SlackIds = ()
    review: Annotated[Literal["required", "off"], Lower] = "required"
    quorum: Annotated[int, Field(ge=1, le=20)] = 1
    quorum_delete: Annotated[int, Field(ge=1, le=20)] | None = None
    connectors: Connectors = (DEFAULT,)
    openai_compliance_url: BaseUrl = "https://api.chatgpt.com/v1"
    openai_api_url: BaseUrl = "https://api.openai.com/v1"
    netskope_tenant_url: BaseUrl | None = None
    netskope_api_token: Word | None = None
    netskope_tenants: TenantTokens | None = None
    smtp_url: SmtpUrl | None = None
    mail_from: Annotated[str, Field(pattern=r"^[!-?A-~]+@[A-Za-z0-9.-]+$")] | None = None
    intake: Annotated[Literal["modal", "link"], Lower] = "modal"
    oidc_issuer: BaseUrl | None = None
    oidc_client_id: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    oidc_client_secret: Word | None = None
    oidc_user_claim: Annotated[str, Field(max_length=255)] = ""
    oidc_acr: Annotated[str, Field(max_length=255)] = ""
    production_tenants: Hosts = ()
    private_hosts: Hosts = ()
    watch: bool = True
    language: Annotated[Literal["en", "de"], Lower] = "en"
    patience: PatienceTable = Field(default_factory=Patience)
    handover: bool = False
    audit_file: Path | None = None
    audit_url: AuditUrl | None = None
    audit_token: Word | None = None
    ack_seconds: Annotated[float, Field(ge=3, le=60)] = 3.0
    poll_scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    heartbeat_url: HttpsUrl | None = None
    start_limit: Annotated[int, Field(ge=1, le=100_000)] = 10
    otel_exporter_otlp_endpoint: CollectorUrl | None = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Upper] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # pydantic-settings calls by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing behind the caller's back: `load_settings` gathers the values."""
        return (init_settings,)

    def secrets(self) -> list[SecretStr]:
        """Every secret that is set, for the log's redaction."""
        values = [getattr(self, row.field) for row in REFERENCE if row.secret]
        return [value for value in (*values, *self.tenants.values()) if value is not None]

    @property
    def tenants(self) -> dict[str, SecretStr | None]:
        """Every Netskope tenant by address, with its token where there is one; the first is the usual one."""
        several = tenants.read(self.netskope_tenants) if self.netskope_tenants else {}
        if self.netskope_tenant_url is None:
            return several
        return {self.netskope_tenant_url: self.netskope_api_token} | several


_BY_FIELD = {row.field: row for row in REFERENCE}
_REHEARSAL = frozenset({"GREENLIGHT_CLOCK_FILE"})  # `bot.clock` reads it, and refuses it in earnest
_NAMES = frozenset(row.name for row in REFERENCE) | frozenset(
    f"{row.name}_FILE" for row in REFERENCE if row.secret
)


def load_settings(environ: Mapping[str, str], *, dotenv: Path | None = None) -> Settings:
    """Settings from an environment, which wins over the `.env` file given.

    Raises SettingsError with one sentence per problem.
    """
    found, problems = _gather({}, _dotenv(dotenv))
    found, more = _gather(found, environ)
    settings = _validate(found, problems := [*problems, *more])
    if settings is None or problems:
        raise SettingsError(problems)
    return settings


def settings_from_process() -> Settings:
    """Settings of this process: its environment, and `.env` in the working folder."""
    return load_settings(os.environ, dotenv=Path(".env"))


def environment_of_process() -> dict[str, str]:
    """Every variable that is set and not empty, in `.env` or, winning over it, in the environment."""
    return {name: value for name, value in {**_dotenv(Path(".env")), **os.environ}.items() if value.strip()}


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that means nothing, most likely a slip of the pen.

    Every GREENLIGHT_ name, and what is nearly one of the others: those prefixes belong to other tools too.
    """
    strange = sorted(name for name in environ if name not in _NAMES | _REHEARSAL)
    return [said for name in strange if (said := _suggest(name))]


def _suggest(name: str) -> str:
    ours = name.startswith(_PREFIX)
    near = difflib.get_close_matches(name, sorted(_NAMES), n=1, cutoff=0.8 if ours else 0.92)
    if near:
        return f"{name} is not a setting; did you mean {near[0]}?"
    return f"{name} is not a setting and has no effect." if ours else ""


def cautions(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What an operator should hear at the start although the bot runs, one sentence each."""
    nobody = settings.review == "required" and not settings.reviewers
    silent = "Nobody can approve: list people or user groups in GREENLIGHT_REVIEWERS."
    return [*unknown_names(environ), *([silent] if nobody else [])]


def _dotenv(path: Path | None) -> dict[str, str]:
    # No interpolation: a `$` in a password is a `$`.
    values = dotenv_values(path, interpolate=False) if path is not None else {}
    return {name: value or "" for name, value in values.items()}


def _gather(below: dict[str, str], layer: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Values by field of one layer over those below; an empty value means unset, also for the layer below."""
    found, problems = dict(below), list[str]()
    for row in REFERENCE:
        if row.name in layer or (row.secret and f"{row.name}_FILE" in layer):
            found.pop(row.field, None)
        try:
            value = _value(row, layer)
        except SettingsError as error:
            problems += error.problems
            continue
        if value:
            found[row.field] = value
    return _follow(found, layer), problems


def _follow(found: dict[str, str], layer: Mapping[str, str]) -> dict[str, str]:
    """Keep the path of a key set that came from a file of this layer; a plain value forgets it."""
    file = layer.get("GREENLIGHT_ENCRYPTION_KEYS_FILE", "").strip()
    if file or "GREENLIGHT_ENCRYPTION_KEYS" in layer:
        found.pop("encryption_keys_file", None)
    return found | {"encryption_keys_file": file} if file and "encryption_keys" in found else found


def _value(row: Variable, layer: Mapping[str, str]) -> str:
    value = layer.get(row.name, "").strip()
    file = layer.get(f"{row.name}_FILE", "").strip() if row.secret else ""
    if value and file:
        raise SettingsError([f"Set either {row.name} or {row.name}_FILE, not both."])
    return _read(row, Path(file)) if file else value


def _read(row: Variable, file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        text = ""
    if not text:
        raise SettingsError(
            [f"{row.name}_FILE must name a readable, non-empty UTF-8 file; check path and mode."]
        )
    return text


def _validate(found: dict[str, str], problems: list[str]) -> Settings | None:
    # The error is dropped, not chained: pydantic keeps the rejected input inside it.
    try:
        return Settings(**found)  # type: ignore[arg-type]  # texts, parsed by the model
    except ValidationError as error:
        rejected = {str(line["loc"][0]) for line in error.errors(include_input=False, include_context=False)}
    problems += [
        f"{row.name} must be {row.expects}." for row in REFERENCE if rejected & {row.field, row.name}
    ]
    return None


def required_for_run(settings: Settings) -> list[str]:
    """What still has to be set before the bot can serve, one sentence each; empty when nothing."""
    rules = (
        (settings.slack_bot_token, "Set SLACK_BOT_TOKEN: the bot token of your Slack app (xoxb-...)."),
        (
            settings.transport != "socket" or settings.slack_app_token,
            "Set SLACK_APP_TOKEN (xapp-..., scope connections:write), or GREENLIGHT_TRANSPORT=http.",
        ),
        (
            settings.transport != "http" or settings.slack_signing_secret,
            "Set SLACK_SIGNING_SECRET: with GREENLIGHT_TRANSPORT=http every request is verified with it.",
        ),
        (settings.channel, "Set GREENLIGHT_CHANNEL: the id of the security team's channel (C...)."),
        (
            settings.redis_url is None or settings.encryption_keys,
            "Set GREENLIGHT_ENCRYPTION_KEYS (`greenlight keys new` makes one); it does not live in Redis.",
        ),
        (
            settings.intake != "link" or settings.public_url,
            "Set GREENLIGHT_PUBLIC_URL: GREENLIGHT_INTAKE=link needs the https address of this bot.",
        ),
        (
            settings.oidc_issuer is None
            or (settings.oidc_client_id and settings.oidc_client_secret and settings.public_url),
            "Set GREENLIGHT_OIDC_CLIENT_ID, _CLIENT_SECRET and GREENLIGHT_PUBLIC_URL: the issuer needs them.",
        ),
        (
            settings.smtp_url is None or settings.mail_from,
            "Set GREENLIGHT_MAIL_FROM: SMTP_URL needs a sender address.",
        ),
        (
            settings.netskope_api_token is None or settings.netskope_tenant_url,
            "Set NETSKOPE_TENANT_URL: NETSKOPE_API_TOKEN belongs to a tenant.",
        ),
    )
    return [sentence for fulfilled, sentence in rules if not fulfilled]
