"""The key service that wraps data keys, as seen by three calls: read the key, encrypt, decrypt."""

from __future__ import annotations

from bot.doctor.finding import Finding, failure, ok
from bot.doctor.seen import KeyServiceSeen, KeyTrouble

NAME = "key service"
RIGHTS = {"read": ("keys", "read"), "encrypt": ("encrypt", "update"), "decrypt": ("decrypt", "update")}


def service(seen: KeyServiceSeen) -> Finding:
    """Reachable, holding the key, and letting the bot use it."""
    if seen.trouble is None:
        return ok(NAME, f"{seen.address}: the Transit key {seen.key} can be read, wraps and unwraps.")
    return failure(NAME, *_TROUBLES[seen.trouble](seen))


def not_opened(name: str, said: str) -> Finding:
    """A key service that is not installed, not set, or did not open."""
    mend = (
        f"Install it beside the bot, and set what it needs (docs/keys.md): `pip list`, `env | grep -i {name}`"
    )
    return failure(NAME, f"{name}: {said}", mend)


def _away(seen: KeyServiceSeen) -> tuple[str, str]:
    return (
        f"{seen.address}: {seen.said}.",
        f"Start or unseal Vault, or let this machine reach it: `curl -sS {seen.address}/v1/sys/health`",
    )


def _no_token(seen: KeyServiceSeen) -> tuple[str, str]:
    why = f"The token file {seen.token_file} cannot be read."
    return why, f"Let an agent write it, or do it once: `{_new_token(seen)}`"


def _refused(seen: KeyServiceSeen) -> tuple[str, str]:
    doing = {"read": "to read the key", "encrypt": "to encrypt", "decrypt": "to decrypt"}[seen.step]
    why = f"Vault refuses the token {doing} (expired, or its policy lacks the right)."
    return why, f"Write the policy and issue a token for it: `{_policy(seen)}` `{_new_token(seen)}`"


def _no_key(seen: KeyServiceSeen) -> tuple[str, str]:
    return (
        f"Vault has no Transit key {seen.key} on the mount {seen.mount}.",
        (
            f"Create it: `vault secrets enable -path={seen.mount} transit` (if there is no such mount yet), "
            f"`vault write -f {seen.mount}/keys/{seen.key} type=aes256-gcm96`"
        ),
    )


def _wrong_kind(seen: KeyServiceSeen) -> tuple[str, str]:
    return (
        f"The Transit key {seen.key} is not of type aes256-gcm96.",
        (
            "Create another and name it in VAULT_TRANSIT_KEY: "
            f"`vault write -f {seen.mount}/keys/{seen.key}-2 type=aes256-gcm96`"
        ),
    )


def _broken(seen: KeyServiceSeen) -> tuple[str, str]:
    why = f"What Vault encrypted it does not decrypt again ({seen.said})."
    return why, f"Look at the key and Vault's log: `vault read {seen.mount}/keys/{seen.key}`"


def _policy(seen: KeyServiceSeen) -> str:
    rules = "".join(
        f'path "{seen.mount}/{path}/{seen.key}" {{ capabilities = ["{right}"] }}\n'
        for path, right in RIGHTS.values()
    ).replace("\n", "\\n")
    return f"printf '{rules}' | vault policy write greenlight -"


def _new_token(seen: KeyServiceSeen) -> str:
    return f"vault token create -policy=greenlight -period=24h -field=token > {seen.token_file}"


_TROUBLES = {
    KeyTrouble.AWAY: _away,
    KeyTrouble.NO_TOKEN: _no_token,
    KeyTrouble.REFUSED: _refused,
    KeyTrouble.NO_KEY: _no_key,
    KeyTrouble.WRONG_KIND: _wrong_kind,
    KeyTrouble.BROKEN: _broken,
}
