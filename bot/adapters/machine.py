"""A look at this machine for the doctor: its own public address, free disk, who may read a file."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies


def public_address(host: str) -> str | None:
    """The address of this machine on the way to `host`, if it is a public one; no packet is sent."""
    try:
        family, _, _, _, target = socket.getaddrinfo(host, 443, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect(target)  # of a datagram socket: chooses the route, says nothing
            address = str(way.getsockname()[0])
    except OSError:
        return None
    return address if ipaddress.ip_address(address.partition("%")[0]).is_global else None


def outgoing_proxy() -> str | None:
    """Host and port of the proxy that https requests go through, without its credentials."""
    url = getproxies().get("https")
    parts = urlsplit(url) if url else None
    return f"{parts.hostname}:{parts.port or 80}" if parts and parts.hostname else None


def free_bytes(folder: Path) -> int:
    """Free space where the folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def mode_if_ours(file: Path) -> int | None:
    """The permission bits of a file that belongs to this user; None for anybody else's, or none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return stat.S_IMODE(found.st_mode) if found.st_uid == os.geteuid() else None
