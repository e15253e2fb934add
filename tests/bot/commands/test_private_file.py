"""What a command writes is for its owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import private_file
from bot.domain.errors import GreenlightError


def test_a_file_is_its_owners_alone_whatever_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "pack.json"
    path.write_text("somewhat longer than what comes")
    path.chmod(0o644)
    private_file.write(path, "ä\n")
    assert path.read_text(encoding="utf-8") == "ä\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GreenlightError, match=r"cannot be written: "):
        private_file.write(tmp_path / "file" / "pack.json", "written")
    private_file.write(tmp_path / "new" / "pack.json", "written")
    assert (tmp_path / "new" / "pack.json").read_text() == "written"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "pack.json"
    victim.write_text("kept")
    link.symlink_to(victim)
    with pytest.raises(GreenlightError, match=r"pack\.json cannot be written: "):
        private_file.write(link, "written")
    assert victim.read_text() == "kept"
