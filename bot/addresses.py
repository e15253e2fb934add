"""What may stand in a setting that is an address; a validator each, none of which repeats the value."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

_REDIS_SCHEMES = ("redis", "rediss", "unix")
_REDIS_VIA = ("", "+sentinel", "+cluster")
_SMTP_SCHEMES = ("smtp", "smtps")


def require(condition: object) -> None:
    """Refuse a value, in a validator."""
    # The text is never shown: SettingsError speaks the "expects" column of REFERENCE instead.
    if not condition:
        raise ValueError("not acceptable")


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _split(text: str) -> SplitResult:
    parts = urlsplit(text)
    require(parts.hostname and parts.port != 0)  # .port raises ValueError by itself when it is no number
    return parts


def base_url(text: str) -> str:
    """An https address without user name, query or fragment; http only on this machine."""
    parts = _split(text)
    require(parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)))
    require(parts.username is None and parts.password is None and not parts.query and not parts.fragment)
    return text.rstrip("/")


def slack_url(text: str) -> str:
    """The same, with a slash at the end."""
    return base_url(text) + "/"  # slack_sdk joins method names to it as they are


def redis_url(secret: SecretStr) -> SecretStr:
    """Address of a server, a Sentinel or a Cluster."""
    parts = urlsplit(secret.get_secret_value())
    scheme, plus, via = parts.scheme.partition("+")
    require(scheme in _REDIS_SCHEMES and plus + via in _REDIS_VIA and not (scheme == "unix" and via))
    require(parts.path if scheme == "unix" else parts.netloc.rpartition("@")[2])
    require(via != "sentinel" or parts.path.strip("/"))  # the name of the master
    return secret


def smtp_url(secret: SecretStr) -> SecretStr:
    """A mail server."""
    require(_split(secret.get_secret_value()).scheme in _SMTP_SCHEMES)
    return secret


def https_url(secret: SecretStr) -> SecretStr:
    """An https address that may hold a secret; http only on this machine."""
    parts = _split(secret.get_secret_value())
    require(parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)))
    return secret
