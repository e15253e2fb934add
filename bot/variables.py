"""The variables of the environment, one row each: docs, `.env.example` and error messages come from here."""

from typing import NamedTuple

from bot.connectors import CONNECTORS, DEFAULT

_OWN_NAMES = ("slack_", "redis_", "openai_", "netskope_", "smtp_", "vault_", "otel_")
_PREFIX = "GREENLIGHT_"


def variable(field: str) -> str:
    """The environment variable of a settings field."""
    return field.upper() if field.startswith(_OWN_NAMES) else _PREFIX + field.upper()


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
_HOSTS = "host names, separated by commas or spaces"
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
    Variable(
        "quorum_delete",
        "How many have to approve where deleting is asked for; never fewer than GREENLIGHT_QUORUM",
        "a whole number from 1 to 20",
    ),
    Variable(
        "connectors",
        "Products that may be connected; with several, the form asks which",
        f"one or more of {', '.join(CONNECTORS)}",
        DEFAULT,
    ),
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
        "netskope_tenants",
        "More than one Netskope tenant: each address with its token, or an empty one",
        'a JSON object such as {"https://acme.goskope.com": "token", "https://acme-eu.goskope.com": ""}',
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
        "oidc_issuer", "Identity provider that confirms risky approvals (step-up); needs public_url", _URL
    ),
    Variable("oidc_client_id", "Client id of this bot there", "the client id"),
    Variable("oidc_client_secret", "Client secret of this bot there", "one word", secret=True),
    Variable(
        "oidc_user_claim",
        "Claim that holds the Slack user id; unset pins the subject to the Slack user at first use",
        "the name of a claim",
    ),
    Variable("oidc_acr", "How strong the sign-in has to be", "acr values, separated by spaces"),
    Variable(
        "production_tenants",
        "Netskope tenants where every approval is risky, not only those with delete",
        _HOSTS,
    ),
    Variable("private_hosts", "Hosts with private addresses that the bot may call", _HOSTS),
    Variable(
        "watch",
        "Keep probing after the connection is proven; off destroys the key then",
        "on or off",
        "on",
    ),
    Variable(
        "language",
        "Spoken in the channel, and to people whose Slack speaks neither of the two",
        "en or de",
        "en",
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
        "ack_seconds",
        "How long Slack waits for an answer; more counts only with a local Slack, for a machine that stalls",
        "a number from 3 to 60",
        "3",
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
    Variable(
        "otel_exporter_otlp_endpoint",
        "OpenTelemetry collector that gets traces by OTLP/HTTP; needs the extra `telemetry`",
        "an http or https URL without user name, such as http://otel-collector:4318",
    ),
    Variable("log_level", "How much is logged", "DEBUG, INFO, WARNING or ERROR", "INFO"),
)
