"""Importing is free of work, modules stay short, the core is typed and pure, and every arrow is declared."""

from __future__ import annotations

import ast
import configparser
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("bot", "handlers") for path in (ROOT / package).rglob("*.py"))
DOMAIN = sorted((ROOT / "bot" / "domain").glob("*.py"))
PURE = [*DOMAIN, *sorted((ROOT / "bot" / "views").glob("*.py"))]
LONGEST = 400
SDKS = {"aiohttp", "aiosmtplib", "cryptography", "httpx", "redis", "slack_bolt", "slack_sdk"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}

# Imports modules under an audit hook and prints what our own code touched: an event counts when the
# innermost frame outside the standard library and outside dependencies is a module of ours.
WATCH = """
import json, os, sys
root, names = sys.argv[1:]
sys.path.insert(0, root)
touched, watching = [], True
OURS = (os.path.join(root, "bot") + os.sep, os.path.join(root, "handlers") + os.sep)
WORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.remove",
        "os.rename", "os.chmod", "os.putenv", "os.fork", "os.posix_spawn")

def ours():
    frame = sys._getframe(2)
    while frame:
        path = frame.f_code.co_filename
        if path.startswith(OURS):
            return os.path.relpath(path, root)
        if "importlib" in path or "site-packages" in path:
            return None
        frame = frame.f_back

def hook(event, args):
    if not watching:
        return
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if (event in WORK or writes) and ours():
        touched.append(f"{ours()}: {event}")

class Environment(type(os.environ)):
    def __getitem__(self, key):
        if watching and ours():
            touched.append(f"{ours()}: reads {key}")
        return super().__getitem__(key)

os.environ.__class__ = Environment
sys.addaudithook(hook)
for each in names.split(','):
    __import__(each)
watching = False
loaded = sorted({module.partition(".")[0] for module in sys.modules})
print(json.dumps({"touched": touched, "loaded": loaded}))
"""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(names: list[str]) -> dict[str, list[str]]:
    """What importing these touched and loaded, in a process with an empty environment."""
    command = [sys.executable, "-W", "error", "-c", WATCH, str(ROOT), ",".join(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={}, cwd="/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1, "a module prints"
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_every_module_imports_in_an_empty_environment_and_does_no_work() -> None:
    names = [
        name_of(path) for path in MODULES if path.name != "__main__.py"
    ]  # that one is the command itself
    assert imported(names)["touched"] == []


def test_the_core_and_the_views_load_no_sdk() -> None:
    assert not SDKS & set(imported([name_of(path) for path in PURE])["loaded"])


@pytest.mark.parametrize(
    ("work", "noticed"),
    [
        ("import os\nHOME = os.environ.get('HOME')", "reads HOME"),
        ("import os\nHOME = os.getenv('HOME')", "reads HOME"),
        ("import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.close()", "socket.bind"),
        ("from pathlib import Path\nPath('x').write_text('')", "open"),
        ("import subprocess\nsubprocess.run(['true'])", "subprocess.Popen"),
        ("def quiet(): open('x', 'w')", None),
    ],
)
def test_the_watch_notices_work_at_import(tmp_path: Path, work: str, noticed: str | None) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text(work)
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(tmp_path), "bot"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.defpath},
        cwd=tmp_path,
    )
    touched = json.loads(done.stdout)["touched"]
    assert any(noticed in line for line in touched) if noticed else touched == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_longer_than_a_person_reads(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_every_function_of_the_core_is_typed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            untyped = [
                each.arg for each in arguments if each.annotation is None and each.arg not in {"self", "cls"}
            ]
            assert node.returns is not None, f"{node.name} says not what it returns"
            assert not untyped, f"{node.name}: {untyped}"


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_time_is_an_argument(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.AsyncFunctionDef), f"{node.name} waits"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"line {node.lineno} asks a clock"


def test_our_packages_belong_to_nobody_else() -> None:
    owners = importlib.metadata.packages_distributions()
    for package in ("bot", "handlers"):
        assert set(owners.get(package, [])) <= {"greenlight-bot"}


def test_every_module_has_its_place_in_the_layers() -> None:
    """A new module chooses its layer: without one, nothing would watch its arrows."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    placed = set(re.findall(r"[\w.]+", contracts["importlinter:contract:layers"]["layers"]))
    found = [*ROOT.glob("bot/*.py"), *ROOT.glob("bot/*/__init__.py"), ROOT / "handlers" / "__init__.py"]
    assert {name_of(path) for path in found} - {"bot"} == placed


def test_every_way_out_is_told_which_private_hosts_it_may_call() -> None:
    calls = [
        (path.name, node)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"slack_client", "open_client"}
    ]
    assert {name for name, _ in calls} >= {"main.py", "checkup.py", "export.py"}
    told = [name for name, node in calls if "private_hosts" in {word.arg for word in node.keywords}]
    assert told == [name for name, _ in calls]
