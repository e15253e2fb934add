"""What the values of settings have to look like, beside addresses; nothing here ever repeats a value."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot import addresses
from bot.addresses import require
from bot.connectors import CONNECTORS


def _words(value: Any) -> Any:
    return tuple(re.split(r"[,\s]+", value.strip(", \t\r\n"))) if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


def _slack_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    require(all(re.fullmatch(r"[UWS][A-Z0-9]+", one) for one in ids))
    return tuple(dict.fromkeys(ids))


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    require(names and all(re.fullmatch(r"[a-z][a-z0-9_]*", one) for one in names))
    return tuple(dict.fromkeys(names))


def _connectors(ids: tuple[str, ...]) -> tuple[str, ...]:
    require(ids and set(ids) <= set(CONNECTORS))
    return tuple(dict.fromkeys(ids))


def _hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(name.lower() for name in names if name)
    require(all(re.fullmatch(r"[a-z0-9_.:-]{1,253}", name) for name in found))
    return found


def _bot_token(secret: SecretStr) -> SecretStr:
    require(re.fullmatch(r"(xoxe\.)?xoxb-\S+", secret.get_secret_value()))
    return secret


def _app_token(secret: SecretStr) -> SecretStr:
    require(re.fullmatch(r"xapp-\S+", secret.get_secret_value()))
    return secret


def _one_word(secret: SecretStr) -> SecretStr:
    require(re.fullmatch(r"[!-~]+", secret.get_secret_value()))
    return secret


def _audit_url(text: str) -> str:
    parts = urlsplit(text)
    if not parts.scheme.startswith("syslog+"):
        return addresses.base_url(text)
    local = parts.scheme == "syslog+tcp" and addresses.is_loopback(parts.hostname)
    require(parts.hostname and parts.port != 0 and parts.username is None and parts.path in {"", "/"})
    require(parts.scheme == "syslog+tls" or local)
    return text


Lower = BeforeValidator(_lower)
Upper = BeforeValidator(_upper)
Word = Annotated[SecretStr, AfterValidator(_one_word)]
BotToken = Annotated[SecretStr, AfterValidator(_bot_token)]
AppToken = Annotated[SecretStr, AfterValidator(_app_token)]
RedisUrl = Annotated[SecretStr, AfterValidator(addresses.redis_url)]
SmtpUrl = Annotated[SecretStr, AfterValidator(addresses.smtp_url)]
HttpsUrl = Annotated[SecretStr, AfterValidator(addresses.https_url)]
BaseUrl = Annotated[str, AfterValidator(addresses.base_url)]
SlackUrl = Annotated[str, AfterValidator(addresses.slack_url)]
AuditUrl = Annotated[str, AfterValidator(_audit_url)]
SlackIds = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_slack_ids)]
Names = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_names)]
Connectors = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_connectors)]
Hosts = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_hosts)]
CollectorUrl = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9_.:/\[\]-]+$")]
MountPath = Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]+$")]
KeyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
