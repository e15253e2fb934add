"""A letter that cannot smuggle a header: every field is checked before anything is sent."""

import re
import unicodedata
from dataclasses import dataclass


class UnsafeHeaderError(ValueError):
    """A header field holds a control character; the text never repeats the value."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} contains a line break or another control character")


class NotAnAddressError(ValueError):
    """A recipient or sender is not a plain e-mail address; the text never repeats the value."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not a plain e-mail address")


_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,128}@[A-Za-z0-9.-]{1,253}>")
_HIDDEN = ("Cc", "Cf", "Zl", "Zp", "Cs")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One plain-text e-mail of bare addresses and one-line headers; raises for anything else."""

    to: str
    sender: str
    cc: tuple[str, ...] = ()
    reply_to: str | None = None
    subject: str
    body: str
    message_id: str
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field, address in self._addresses():
            check_address(field, address)
        _check_header("subject", self.subject)
        _check_header("message_id", self.message_id)
        for field, ids in (("message_id", (self.message_id,)), ("references", self.references)):
            if not all(_MESSAGE_ID.fullmatch(one) for one in ids):
                raise UnsafeHeaderError(field)

    def _addresses(self) -> list[tuple[str, str]]:
        fields = [("to", self.to), ("sender", self.sender), *(("cc", address) for address in self.cc)]
        return [*fields, ("reply_to", self.reply_to)] if self.reply_to is not None else fields


def check_address(field: str, address: str) -> None:
    """Raise unless `address` is one bare ASCII address without display name."""
    _check_header(field, address)
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise NotAnAddressError(field)


def _check_header(field: str, text: str) -> None:
    if any(unicodedata.category(character) in _HIDDEN for character in text):
        raise UnsafeHeaderError(field)
