"""The way out: OpenAI, the Netskope tenant and its token's rights, the mail server, our address."""

from __future__ import annotations

from collections.abc import Sequence

from bot.doctor.finding import Finding, Findings, failure, ok, unseen, warning
from bot.doctor.seen import HostSeen
from bot.domain.casb import EndpointAccess, TroubleKind

_RIGHTS = {
    "audit": "Audit Log: View",
    "application": "Application Events: View",
    "alert": "Alerts: View",
}


def host(seen: HostSeen) -> Finding:
    """Whether a provider can be reached from here."""
    name = f"{seen.name} reachable"
    if seen.failure:
        mend = f"Allow this machine to reach it (https, port 443): `curl -sSI {seen.url}`"
        reasons = {
            "tls": "the certificate is not trusted here; is a TLS-inspecting proxy in between?",
            "timeout": "no answer in time",
            "connect": "no connection",
        }
        return failure(name, f"{seen.url}: {reasons.get(seen.failure, seen.failure)}.", mend)
    if seen.challenged:
        mend = "Ask OpenAI to let the egress address pass, or send this traffic past the anonymizing proxy."
        return warning(name, f"{seen.url} answers with a challenge for browsers.", mend)
    if seen.status is not None and seen.status >= 500:
        return warning(name, f"{seen.url} answers {seen.status}.", "Wait; it is the provider's trouble.")
    return ok(name, f"{seen.url} answers.")


def egress(address: str | None, proxy: str | None) -> Finding:
    """The address that OpenAI and Netskope see; known only where this machine has a public one itself."""
    name = "egress address"
    if proxy:
        why = f"Requests leave through the proxy {proxy}; its outer address is what counts."
        return unseen(
            name, why, "Ask who runs the proxy, and allow-list that address at OpenAI and Netskope."
        )
    if address:
        return ok(name, f"{address} (allow-list this at OpenAI and Netskope, if they ask for addresses).")
    return unseen(
        name,
        "This machine has a private address, so what the outside sees is that of its NAT gateway.",
        "Read it off the gateway, or off the sign-in of any probe in OpenAI's audit log (Admin console, "
        "Compliance logs) or in Netskope's (Administration, Audit Log), then allow-list it there.",
    )


def netskope(access: Sequence[EndpointAccess], tenant: str = "netskope") -> Findings:
    """The token's rights, endpoint by endpoint; `tenant` is what its findings are called."""
    return [_endpoint(one, tenant) for one in access]


_AGAIN = "Run `greenlight doctor` again in a while."
_NO_RECORDS = (
    "Run `greenlight doctor` again in a while. If it stays: check that NETSKOPE_TENANT_URL is the tenant's "
    "own address, and that no proxy or sign-in page answers in its place."
)


def _endpoint(one: EndpointAccess, tenant: str) -> Finding:
    name, right = f"{tenant} {one.endpoint}", _RIGHTS[one.endpoint]
    if one.allowed:
        return ok(name, "The token may read it.")
    kind = one.trouble.kind if one.trouble else TroubleKind.MALFORMED
    if kind is TroubleKind.BAD_TOKEN:
        mend = (
            "In Netskope, Settings, Tools, REST API v2: create a token, put it into NETSKOPE_API_TOKEN (of "
            "several tenants, beside its address in NETSKOPE_TENANTS)."
        )
        return failure(name, "The tenant does not know the token, or it has expired.", mend)
    if kind in {TroubleKind.NOT_PERMITTED, TroubleKind.NO_ROUTE}:
        mend = f"In Netskope, give the token's role {right}; check the role's IP allow-list."
        bad = warning if one.endpoint == "alert" else failure
        return bad(name, f"The token may not read it ({kind}).", mend)
    seen = one.trouble.seen if one.trouble else ""
    return warning(
        name, f"No useful answer: {kind} ({seen}).", _NO_RECORDS if kind is TroubleKind.MALFORMED else _AGAIN
    )


def no_tenant(tenant: str | None, name: str = "netskope") -> Finding:
    """What the bot cannot see without a tenant token."""
    why = "Without NETSKOPE_API_TOKEN the instance record (E3) and data flow (E5) stay out of reach."
    mend = (
        "In Netskope, Settings, Tools, REST API v2: create a token for audit, application and alert events."
    )
    if tenant is None:
        return warning(
            "netskope", "NETSKOPE_TENANT_URL is not set.", "Set it: https://YOUR-TENANT.goskope.com"
        )
    return warning(f"{name} token", why, mend)


def mail(configured: bool, said: str) -> Finding:
    """The mail server: connected, encrypted, logged in; `said` is why not."""
    name = "mail server"
    if not configured:
        return ok(name, "None: the bot drafts the e-mail, and a person sends it.")
    if not said:
        return ok(name, "Connected, greeted and logged in; no mail was sent.")
    return failure(name, f"The handshake failed: {said}.", _mail_mend(said))


def _mail_mend(said: str) -> str:
    if said[:3] in {"534", "535", "530"}:
        return "Correct user and password in SMTP_URL (percent-encode special characters in them)."
    if "does not offer" in said:
        return "Use a server with STARTTLS, or smtps://HOST:465, in SMTP_URL."
    if "secure" in said:
        return "Correct the host name in SMTP_URL so that it fits the server's certificate."
    return "Correct host and port in SMTP_URL, and let this machine reach them: `nc -vz HOST 587`"
