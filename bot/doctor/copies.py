"""The copies of the audit trail: whether the file can be appended to, and the collector be reached."""

from __future__ import annotations

import shlex

from bot.doctor.finding import Finding, failure, ok, warning
from bot.doctor.seen import CopySeen, CopyTrouble

FILE, COLLECTOR = "audit file", "audit collector"


def file(seen: CopySeen) -> Finding:
    """The JSONL file; nothing was written to it."""
    if seen.trouble is None:
        return ok(FILE, f"{seen.where} can be appended to.")
    return failure(FILE, *_FILES[seen.trouble](seen.where, seen.said))


def _no_folder(path: str, _said: str) -> tuple[str, str]:
    folder = shlex.quote(path.rpartition("/")[0] or "/")
    return f"The folder of {path} does not exist.", f"`mkdir -p -m 700 {folder}`"


def _not_a_file(path: str, _said: str) -> tuple[str, str]:
    why = f"{path} is a folder, a link or a device, and is not written to."
    return (
        why,
        f"`mv {shlex.quote(path)} {shlex.quote(path + '.moved')}`, or name another file in the setting.",
    )


def _refused(path: str, user: str) -> tuple[str, str]:
    file = shlex.quote(path)
    why = f"{path} cannot be written by this user, so entries wait in the schedule."
    mend = f"As root: `touch {file} && chown {user} {file}`; on a read-only file system, name another place."
    return why, mend


_FILES = {
    CopyTrouble.NO_FOLDER: _no_folder,
    CopyTrouble.NOT_A_FILE: _not_a_file,
    CopyTrouble.REFUSED: _refused,
}


def collector(seen: CopySeen) -> Finding:
    """The syslog server or https collector; no entry was sent."""
    if seen.trouble is CopyTrouble.AWAY:
        why = f"{seen.where}: {_WHY.get(seen.said, seen.said)}; entries wait in the schedule."
        return failure(COLLECTOR, why, f"Let this machine reach it: `{_try(seen.where)}`")
    if seen.trouble is CopyTrouble.REFUSED:
        why = f"{seen.where} refuses the token (HTTP {seen.said})."
        return failure(
            COLLECTOR, why, f"Put a token it knows into GREENLIGHT_AUDIT_TOKEN: `{_try(seen.where)}`"
        )
    if seen.trouble is CopyTrouble.ILL:
        return warning(COLLECTOR, f"{seen.where} answers {seen.said}.", f"Look again: `{_try(seen.where)}`")
    return ok(COLLECTOR, f"{seen.where} answers; whether it keeps an entry shows at the first one.")


_WHY = {
    "tls": "the certificate is not trusted here",
    "timeout": "no answer in time",
    "connect": "no connection",
}


def _try(url: str) -> str:
    if not url.startswith("syslog+"):
        bearer = '-H "Authorization: Bearer $GREENLIGHT_AUDIT_TOKEN"'
        return f'curl -sS -o /dev/null -w "%{{http_code}}" {bearer} {url}'
    scheme, _, place = url.partition("://")
    host, _, port = place.rstrip("/").rpartition(":") if ":" in place else (place.rstrip("/"), "", "")
    if scheme == "syslog+tls":
        return f"openssl s_client -brief -connect {host}:{port or 6514} </dev/null"
    return f"nc -vz {host} {port or 601}"
