"""Every wrong paste that has been seen in the wild, each with its own words; None means the value is fine.

The texts never repeat what was typed, except an id found inside an address: the value may be a secret.
Formats: OpenAI's Admin API specification and the key detectors of two secret scanners (see `docs/`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.domain.mail import NotAnAddressError, UnsafeHeaderError, check_address
from bot.views.language import say

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUID_INSIDE = re.compile(r"(?<![0-9a-f-])" + UUID.pattern + r"(?![0-9a-f-])", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)\S*|[\w.-]+\.(?:com|net|org|io)/\S*", re.IGNORECASE)
_KEY = re.compile(r"sk-[A-Za-z0-9_-]{20,300}")
_KEY_BEHIND = re.compile(r"(?!sk-).*(?:sk-(?:proj|svcacct|admin)-|[^\w-]sk-)[A-Za-z0-9_-]{20}")
SECRET = re.compile(r"sk-(?:ant-)?[A-Za-z0-9_-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|sess-[\w-]{8,}")
_ORGANIZATION = re.compile(r"org-[A-Za-z0-9_-]{4,80}")
_ORGANIZATION_INSIDE = re.compile(r"(?<![A-Za-z0-9_-])" + _ORGANIZATION.pattern)
_INSTANCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?")

WHERE = "Both ids stand side by side at chatgpt.com/admin/settings, under Workspace details."
KEY_ELSEWHERE = "This holds an API key or token. It belongs only in the field API key: remove it here."


class Paste(NamedTuple):
    """A recognisable wrong paste and what to say about it."""

    looks: re.Pattern[str]
    words: str


def _paste(pattern: str, words: str) -> Paste:
    return Paste(re.compile(pattern, re.IGNORECASE), words)


WORKSPACE_PASTES = (
    _paste(r"org-.*", "This is the Organization ID (it begins with org-). Paste the Workspace ID. {where}"),
    _paste(r"proj_.*", "This is a project ID (it begins with proj_). Paste the Workspace ID. {where}"),
    _paste(r"user-.*", "This is a user ID (it begins with user-). Paste the Workspace ID. {where}"),
    _paste(r"key_.*", "This is the tracking ID of an API key (key_). Paste the Workspace ID. {where}"),
    _paste(r"g-.*", "This is the ID of a GPT or a project in ChatGPT. Paste the Workspace ID. {where}"),
    _paste(
        r"wrkspc.*",
        "This looks like the ID of an Anthropic workspace. Paste the one of ChatGPT Enterprise. {where}",
    ),
    _paste(
        r"(?:ws|workspace)[_-].*",
        "This looks like the placeholder of a guide. Paste your own Workspace ID. {where}",
    ),
    _paste(
        r"(?-i:[TE][A-Z0-9]{8,})", "This looks like the ID of a Slack workspace. Paste ChatGPT's. {where}"
    ),
    _paste(r"0{8}(?:-0{4}){3}-0{12}", "This is an empty placeholder, all zeros. Paste the real one. {where}"),
    _paste(r".*@.*", "This is an e-mail address. Paste the Workspace ID. {where}"),
)
ORGANIZATION_PASTES = (
    _paste(UUID.pattern, "This looks like the Workspace ID. The Organization ID begins with org-. {where}"),
    _paste(r"proj_.*", "This is a project ID. The Organization ID begins with org-. {where}"),
    _paste(r"user-.*", "This is a user ID. The Organization ID begins with org-. {where}"),
    _paste(r"key_.*", "This is the tracking ID of an API key. The Organization ID begins with org-. {where}"),
    _paste(r".*@.*", "This is an e-mail address. The Organization ID begins with org-. {where}"),
)
KEY_PASTES = (
    _paste(
        r".*(?:\.{2,}|…|\*{2,}|•{2,}|x{6,}).*",
        "This is the shortened form that lists show after a key was made. Paste the whole key: it is shown "
        "only once, when it is created. If nobody kept it, create a new one.",
    ),
    _paste(
        r"key_.*",
        "This is the tracking ID of a key (key_), not the key. Paste the key itself: it begins with sk-.",
    ),
    _paste(
        r"sk-ant-.*",
        "This is an Anthropic key (sk-ant-). ChatGPT Enterprise needs a key made at OpenAI.",
    ),
    _paste(
        r"sess-.*",
        "This is a login session (sess-), not a key. Sign out to end it, and paste an API key: it begins "
        "with sk-.",
    ),
    _paste(
        r"(?:xox[a-z]-|xapp-).*",
        "This is a Slack token. Paste the OpenAI key, and treat the Slack token as exposed: replace it.",
    ),
    _paste(r"org-.*", "This is the Organization ID. Paste the API key: it begins with sk-."),
    _paste(r"proj_.*", "This is a project ID. Paste the API key: it begins with sk-."),
    _paste(UUID.pattern, "This looks like the Workspace ID. Paste the API key: it begins with sk-."),
    _paste(
        r"[0-9a-f]{32,128}",
        "This looks like a Netskope token. Paste the OpenAI key: it begins with sk-.",
    ),
    _paste(
        r"eyJ[\w-]*\.[\w.-]*",
        "This looks like a sign-in token of a browser or of Netskope. Paste the OpenAI key: it begins with "
        "sk-.",
    ),
    _paste(r"(?:https?://|www\.).*", "This is an address. Paste the key itself: it begins with sk-."),
    _paste(r".*@.*\..*", "This is an e-mail address. Paste the API key: it begins with sk-."),
)


def workspace_id(text: str) -> str | None:
    """Say what is wrong with a Workspace ID."""
    if not text:
        return say("Paste the Workspace ID. {where}", where=say(WHERE))
    if SECRET.search(text):
        return say(KEY_ELSEWHERE)
    if _URL.search(text):
        return _workspace_in_address(text)
    if words := _known(WORKSPACE_PASTES, text):
        return words
    if UUID.fullmatch(text):
        return None
    found = set(_UUID_INSIDE.findall(text))
    if len(found) == 1:
        return say("Paste only the id: {id}", id=found.pop().lower())
    if re.fullmatch(r"[0-9a-f-]+", text):
        return say(
            "Part of the id is missing or doubled: it has 8-4-4-4-12 digits. {where}", where=say(WHERE)
        )
    return say("A Workspace ID has 8-4-4-4-12 digits, of 0-9 and a-f. {where}", where=say(WHERE))


def _workspace_in_address(text: str) -> str:
    found = {uuid.lower() for uuid in _UUID_INSIDE.findall(text)}
    if len(found) == 1:
        return say(
            "This is an address. If it is your workspace's, paste only the id in it: {id}", id=found.pop()
        )
    return say("This is an address, not the id. Open it and copy the Workspace ID. {where}", where=say(WHERE))


def organization_id(text: str) -> str | None:
    """Say what is wrong with an Organization ID."""
    if not text:
        return say(
            "Paste the Organization ID: OpenAI needs it, and the key must belong to it. {where}",
            where=say(WHERE),
        )
    if SECRET.search(text):
        return say(KEY_ELSEWHERE)
    if _URL.search(text):
        return say("This is an address. Paste only the id that begins with org-. {where}", where=say(WHERE))
    if words := _known(ORGANIZATION_PASTES, text):
        return words
    if _ORGANIZATION.fullmatch(text):
        return None
    if len(found := set(_ORGANIZATION_INSIDE.findall(text))) == 1:
        return say("Paste only the id: {id}", id=found.pop())
    return say("An Organization ID is org- followed by letters and digits. {where}", where=say(WHERE))


def api_key(text: str) -> str | None:
    """Say what is wrong with a key; the words never hold any of it."""
    if not text:
        return say("Paste the API key. It begins with sk-.")
    if words := _known(KEY_PASTES, text):
        return words
    if text.startswith("sk-") and text[: len(text) // 2] == text[len(text) // 2 :]:
        return say("The key was pasted twice. Paste it once.")
    if _KEY.fullmatch(text):
        return None
    if _KEY_BEHIND.match(text):
        return say("Something stands before the key. Paste the key alone: it begins with sk-.")
    if not re.match(r"sk[-\W]", text):  # another dash than - looks the same, and is told as what it is
        return say("This is not an OpenAI key: those begin with sk-. Paste the whole key.")
    if len(text) < 23:
        return say("This key is too short: the end was cut off. Copy the whole key again.")
    if len(text) > 303:
        return say("This is too long for one key: was something else pasted with it, or the key twice?")
    return say("A key holds only letters, digits, - and _. Another character slipped in: copy it again.")


def route_of(route: str, admin: bool) -> str | None:
    """Say when key and route do not belong together."""
    if admin and route == "support_email":
        return say(
            "This is an Admin key (sk-admin-): OpenAI Support grants nothing to it. Choose the "
            "route Workspace Admin key above, or paste an API Platform key."
        )
    if not admin and route == "self_service":
        return say(
            "This is not an Admin key: those begin with sk-admin- and are made at "
            "admin.openai.com > Credentials > Admin keys. Paste one, or choose the route API "
            "Platform key above."
        )
    return None


def name(text: str, what: str, missing: str) -> str | None:
    """Say what is wrong with a name that a person chose (`what`: "key name")."""
    if not text:
        return missing
    if SECRET.search(text):
        return say(KEY_ELSEWHERE)
    if re.fullmatch(r"key_\w+", text):
        return say("This is a tracking ID (key_). Type the {what} as OpenAI's key list shows it.", what=what)
    return say("This {what} is too long: at most 100 characters.", what=what) if len(text) > 100 else None


def instance_name(text: str) -> str | None:
    """Say what is wrong with the name that the instance gets in the product."""
    if not text:
        return say("Choose a name for the instance: it is how the instance is found again later.")
    if SECRET.search(text):
        return say(KEY_ELSEWHERE)
    if len(text) > 64:
        return say("This name is too long: at most 64 characters.")
    if not _INSTANCE.fullmatch(text):
        return say(
            "Use letters without accents, digits, spaces and . _ - only, with a letter or digit at both ends."
        )
    return None


_TYPOS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmail.cm": "gmail.com",
    "googlemail.co": "googlemail.com",
    "hotmial.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "outllook.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "iclod.com": "icloud.com",
}
_ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "vom": "com",
    "xom": "com",
    "ogr": "org",
    "nte": "net",
}


def email(text: str) -> str | None:
    """Say what is wrong with an e-mail address; a likely typo names the likely domain."""
    if not text:
        return say("Type the administrator's e-mail address: notices go to it, and OpenAI answers to it.")
    if SECRET.search(text):
        return say(KEY_ELSEWHERE)
    if "@" not in text:
        return say("The @ is missing.")
    if text.count("@") > 1:
        return say("There is more than one @: type one address only.")
    local, domain = text.rsplit("@", 1)
    return _email_parts(local, domain.lower()) or _plain_address(text)


def _email_parts(local: str, domain: str) -> str | None:
    if not local or not domain:
        return say("Something is missing before or after the @.")
    if " " in local or " " in domain:
        return say("There is a space in the address.")
    if "," in domain or ";" in domain:
        return say("There is a comma in the address: is it meant to be a dot?")
    if "." not in domain.strip("."):
        return say("The part after the @ has no dot, such as .com: is its end missing?")
    if domain.startswith(".") or domain.endswith(".") or ".." in domain:
        return say("There is a dot too many after the @.")
    return _typo(domain)


def _typo(domain: str) -> str | None:
    head, _, ending = domain.rpartition(".")
    meant = _TYPOS.get(domain) or (f"{head}.{_ENDINGS[ending]}" if ending in _ENDINGS else None)
    if meant is None:
        return None
    return (
        say("Is the part after the @ mistyped? Did you mean {meant}?", meant=meant)
        if _speakable(meant)
        else say("Is the part after the @ mistyped?")
    )


def _speakable(domain: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9.-]{1,80}", domain))


def _plain_address(text: str) -> str | None:
    try:
        check_address("address", text)
    except (NotAnAddressError, UnsafeHeaderError):
        return say("This is not a plain e-mail address: use unaccented letters, digits and . _ - + only.")
    return None


def _known(pastes: tuple[Paste, ...], text: str) -> str | None:
    found = next((paste.words for paste in pastes if paste.looks.fullmatch(text)), None)
    return say(found, where=say(WHERE)) if found else None
