"""What may not be in the repository: paths of a machine, a package registry's hosts, locks naming them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Put together from pieces so that this file does not match itself.
HOMES = ("work", "root", "home/[a-z]", "Users/[A-Za-z]", "private/var", "mnt/[a-z]")
MACHINE = re.compile(r"(?<![\w.:/$}\])-])/(?:" + "|".join(HOMES) + r")[\w.-]*/[\w.-]+")
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com")
REGISTRY = re.compile(
    "|".join(map(re.escape, HOSTS))
    + r"|(?:artifactory|nexus|devpi|jfrog)[\w.-]*\.[a-z]{2,}|--(?:extra-)?"
    + "index-url",
    re.IGNORECASE,
)
LOCKS = {"uv" + ".lock", "poetry" + ".lock", "Pipfile" + ".lock", "pdm" + ".lock", "package-" + "lock.json"}


def tracked() -> list[Path]:
    """Every file of the commit to be."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def lines(path: Path) -> list[str]:
    content = path.read_bytes()
    return [] if b"\0" in content else content.decode("utf-8").splitlines()


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {found.group()}"
        for path in tracked()
        for number, line in enumerate(lines(path), start=1)
        if (found := pattern.search(line))
    ]


def test_no_file_names_a_path_of_a_machine() -> None:
    assert matches(MACHINE) == []


def test_no_file_names_a_package_registry() -> None:
    assert matches(REGISTRY) == []


def test_there_is_no_lock_file_that_would_name_one() -> None:
    assert [path.name for path in tracked() if path.name in LOCKS] == []


def test_every_text_file_is_utf8_and_ends_with_a_line_break() -> None:
    for path in tracked():
        content = path.read_bytes()
        if content and b"\0" not in content:
            content.decode("utf-8")
            assert content.endswith(b"\n"), path


@pytest.mark.parametrize(
    "line",
    ["see /" + "work/main/bot", "/" + "home/ada/x", 'open("/' + 'Users/ada/key")', "/" + "root/.ssh/id"],
)
def test_paths_of_a_machine_are_recognised(line: str) -> None:
    assert MACHINE.search(line)


@pytest.mark.parametrize(
    "line", ["/healthz", "https://example.com/" + "home/ada", "./" + "work/x/y", "$HOME/" + "work/x"]
)
def test_other_paths_are_left_alone(line: str) -> None:
    assert not MACHINE.search(line)


@pytest.mark.parametrize("host", [*HOSTS, "artifactory" + ".corp.example", "--" + "index-url"])
def test_registries_are_recognised(host: str) -> None:
    index = "simple"
    assert REGISTRY.search(f"https://{host}/{index}")
