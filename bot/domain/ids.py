"""Request ids such as `GL-7K3M9Q`: short enough to read out, without look-alikes (Crockford base 32)."""

import re

_PREFIX = "GL-"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6
_BITS = 5
_LOOK_ALIKES = str.maketrans("OIL", "011")
_DASHES = re.compile(r"[\s\u2010-\u2015\u2212_-]+")
RANDOM_BYTES = 4  # 32 bits, of which 30 make the six characters


def new_request_id(random_bytes: bytes) -> str:
    """The id made of at least four random bytes; one of a billion, so the caller checks for a clash."""
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError("a request id needs four random bytes")
    number = int.from_bytes(random_bytes[:RANDOM_BYTES], "big")
    return _PREFIX + "".join(_ALPHABET[number >> _BITS * place & 31] for place in reversed(range(_LENGTH)))


def parse_request_id(text: str) -> str | None:
    """The id a person meant: any case, with or without prefix, O for 0, I or L for 1; None if it is no id."""
    plain = _DASHES.sub("", text).upper()
    if len(plain) == len("GL") + _LENGTH:
        plain = plain.removeprefix("GL")
    plain = plain.translate(_LOOK_ALIKES)
    if len(plain) != _LENGTH or not set(plain) <= set(_ALPHABET):
        return None
    return _PREFIX + plain
