"""Settings of the bot: read from the environment and `.env`, checked once, frozen afterwards.

No message made here ever repeats a value, so a token pasted into the wrong variable stays out of logs.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.domain.errors import GreenlightError
from bot.domain.patience import Patience
from bot.patience_file import PatienceTable
from bot.values import (
    AppToken,
    AuditUrl,
    BaseUrl,
    BotToken,
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

_OWN_NAMES = ("slack_", "redis_", "openai_", "netskope_", "smtp_", "vault_")
_PREFIX = "GREENLIGHT_"


class SettingsError(GreenlightError):
    """The environment cannot be used; `problems` holds one sentence per variable, without its value."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def variable(field: str) -> str:
    """The environment variable of a settings field."""
    return field.upper() if field.startswith(_OWN_NAMES) else _PREFIX + field.upper()


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
    openai_compliance_url: BaseUrl = "https://api.chatgpt.com/v1"
    openai_api_url: BaseUrl = "https://api.openai.com/v1"
    netskope_tenant_url: BaseUrl | None = None
    netskope_api_token: Word | None = None
    smtp_url: SmtpUrl | None = None
    mail_from: Annotated[str, Field(pattern=r"^[!-?A-~]+@[A-Za-z0-9.-]+$")] | None = None
    intake: Annotated[Literal["modal", "link"], Lower] = "modal"
    watch: bool = True
    patience: PatienceTable = Field(default_factory=Patience)
    handover: bool = False
    audit_file: Path | None = None
    audit_url: AuditUrl | None = None
    audit_token: Word | None = None
    poll_scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    heartbeat_url: HttpsUrl | None = None
    start_limit: Annotated[int, Field(ge=1, le=100_000)] = 10
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
        values = (getattr(self, row.field) for row in REFERENCE if row.secret)
        return [value for value in values if value is not None]


class Variable(NamedTuple):
    """One row of the reference: what docs, `.env.example` and error messages are made from."""

    field: str
    meaning: str
    expects: str
    default: str = ""
    secret: bool = False

    @property
    def name(self) -> str:
        """The environment variable."""
        return variable(self.field)


_URL = "an https URL without user name, query or fragment (http only for this machine's loopback)"
_IDS = "Slack user ids (U... or W...) and user group ids (S...), separated by commas or spaces"

REFERENCE: tuple[Variable, ...] = (
    Variable("slack_bot_token", "The app's bot token", "a bot token that starts with xoxb-", secret=True),
    Variable(
        "slack_app_token",
        "App-level token with connections:write, for the socket transport",
        "an app-level token that starts with xapp-",
        secret=True,
    ),
    Variable(
        "slack_signing_secret",
        "Signing secret of the app, for the http transport",
        "one word of printable characters, from the app's Basic Information page",
        secret=True,
    ),
    Variable("slack_api_url", "Slack's Web API", _URL, "https://slack.com/api/"),
    Variable("transport", "How Slack reaches the bot", "socket or http", "socket"),
    Variable(
        "http_host",
        "Address for /slack/events, /healthz, /readyz and /metrics",
        "a host name or address to listen on",
        "127.0.0.1",
    ),
    Variable("http_port", "Port for the same", "a port number from 0 to 65535 (0 takes a free one)", "3000"),
    Variable("public_url", "Where people reach this bot by https, for the intake link", _URL),
    Variable(
        "redis_url",
        "Redis 7+ or Valkey 8+; unset starts an embedded Valkey",
        "a redis://, rediss://, unix://, redis+sentinel://HOST:PORT,HOST:PORT/NAME or redis+cluster:// URL",
        secret=True,
    ),
    Variable("data_dir", "Folder of the embedded Valkey and its key set", "a folder path", "var"),
    Variable(
        "encryption_keys",
        "Key set made by `greenlight keys new`; with the embedded Valkey it is created once",
        "the text printed by `greenlight keys new`",
        secret=True,
    ),
    Variable(
        "key_provider",
        "Who wraps the data keys: local, vault, or an installed provider; those after the first only open",
        "names such as local or vault, separated by commas",
        "local",
    ),
    Variable("vault_addr", "HashiCorp Vault, for GREENLIGHT_KEY_PROVIDER=vault", _URL),
    Variable("vault_token_file", "File with Vault's token, read anew for every call", "a file path"),
    Variable("vault_namespace", "Vault's namespace, where there is one", "a namespace path"),
    Variable("vault_transit_mount", "Where Transit is mounted", "a mount path", "transit"),
    Variable(
        "vault_transit_key",
        "The Transit key (type aes256-gcm96)",
        "letters, digits, - and _",
        "greenlight",
    ),
    Variable(
        "channel",
        "The security team's channel, where the cards are",
        "a Slack channel id that starts with C or G",
    ),
    Variable("admins", "Who may request; unset means Slack workspace admins and owners", _IDS),
    Variable("reviewers", "Who may approve or deny; nobody listed means nobody can approve", _IDS),
    Variable("review", "Whether a second person has to approve", "required or off", "required"),
    Variable("quorum", "How many reviewers have to approve", "a whole number from 1 to 20", "1"),
    Variable("openai_compliance_url", "ChatGPT Compliance API", _URL, "https://api.chatgpt.com/v1"),
    Variable("openai_api_url", "OpenAI API", _URL, "https://api.openai.com/v1"),
    Variable("netskope_tenant_url", "Netskope tenant, such as https://acme.goskope.com", _URL),
    Variable(
        "netskope_api_token",
        "Netskope REST API v2 token; optional, without it some evidence is out of reach",
        "one word of printable characters",
        secret=True,
    ),
    Variable(
        "smtp_url",
        "Mail server; unset means drafts only",
        "an smtp:// or smtps:// URL, such as smtp://user:password@host:587",
        secret=True,
    ),
    Variable("mail_from", "Sender of the mail to OpenAI Support", "a plain e-mail address"),
    Variable("intake", "Where the API key is typed: the modal or a one-time page", "modal or link", "modal"),
    Variable(
        "watch",
        "Keep probing after the connection is proven; off destroys the key then",
        "on or off",
        "on",
    ),
    Variable("patience", "Reminders, expiry, digest: docs/patience.md", "a TOML or JSON table, or its file"),
    Variable(
        "handover",
        "Let the requester see the key once more, one time, when it has to be pasted into Netskope",
        "on or off",
        "off",
    ),
    Variable("audit_file", "Copy of every audit entry, one JSON line each, append only", "a file path"),
    Variable(
        "audit_url",
        "Collector that gets every audit entry: by https POST, or by syslog over TLS (RFC 5425)",
        "an https URL without query, or syslog+tls://host:6514",
    ),
    Variable(
        "audit_token", "Bearer token for the https collector", "one word of printable characters", secret=True
    ),
    Variable(
        "poll_scale",
        "Multiplies every polling and reminder interval; for tests and rehearsals",
        "a number greater than 0",
        "1",
    ),
    Variable(
        "heartbeat_url",
        "Pinged every five minutes, only while the self-check finds everything in order",
        "an https URL (http only for this machine's loopback)",
        secret=True,
    ),
    Variable(
        "start_limit", "How many requests one person may start per hour", "a number from 1 to 100000", "10"
    ),
    Variable("log_level", "How much is logged", "DEBUG, INFO, WARNING or ERROR", "INFO"),
)
_BY_FIELD = {row.field: row for row in REFERENCE}
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
    """A sentence for each GREENLIGHT_ variable that means nothing, most likely a slip of the pen."""
    strange = (name for name in environ if name.startswith(_PREFIX) and name not in _NAMES)
    return [_suggest(name) for name in sorted(strange)]


def _suggest(name: str) -> str:
    near = difflib.get_close_matches(name, sorted(_NAMES), n=1, cutoff=0.8)
    return f"{name} is not a setting{f'; did you mean {near[0]}?' if near else ' and has no effect.'}"


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
            settings.smtp_url is None or settings.mail_from,
            "Set GREENLIGHT_MAIL_FROM: SMTP_URL needs a sender address.",
        ),
        (
            settings.netskope_api_token is None or settings.netskope_tenant_url,
            "Set NETSKOPE_TENANT_URL: NETSKOPE_API_TOKEN belongs to a tenant.",
        ),
    )
    return [sentence for fulfilled, sentence in rules if not fulfilled]
