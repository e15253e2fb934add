"""Image and compose file: what can be known about them without a container engine."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import yaml
from prometheus_client import CollectorRegistry

from bot.adapters.embedded import find_server
from bot.adapters.vault import Keyring
from bot.health import HealthServer
from bot.reference import env_example, markdown_table
from bot.settings import REFERENCE, load_settings, required_for_run
from tests.wait import until

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
BOT, STORE = SERVICES["bot"], SERVICES["redis"]
FINAL_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :].replace("\\\n", " ")


def instructions(stage: str, name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", stage, re.MULTILINE)


# The image


def test_the_image_is_built_in_stages_and_leaves_the_build_behind() -> None:
    assert len(instructions(DOCKERFILE, "FROM")) == 2
    assert "pip install" not in FINAL_STAGE
    assert "apt-get" not in DOCKERFILE


def test_dependencies_go_in_by_hash_and_as_wheels_only() -> None:
    (install,) = re.findall(r"pip install (.+)", DOCKERFILE)
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install


def test_the_image_runs_as_nobody_in_particular_but_never_as_root() -> None:
    (user,) = instructions(FINAL_STAGE, "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert FINAL_STAGE.index("\nUSER ") < FINAL_STAGE.index("\nENTRYPOINT ")


def test_the_image_needs_no_writable_code_folder() -> None:
    assert "PYTHONDONTWRITEBYTECODE=1" in FINAL_STAGE
    assert "GREENLIGHT_DATA_DIR=/data" in FINAL_STAGE
    assert instructions(FINAL_STAGE, "VOLUME") == ["/data"]


def test_what_the_image_copies_is_what_the_builder_is_given_and_nothing_else() -> None:
    copied = {source for line in instructions(DOCKERFILE, r"COPY(?! --from)") for source in line.split()[:-1]}
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
    assert "**/.env" in rules


def test_the_copied_folders_alone_make_a_bot(tmp_path: Path) -> None:
    for folder in ("bot", "handlers"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    code = "import bot.settings, handlers; print(bot.settings.__file__)"
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(tmp_path))


def healthcheck() -> list[str]:
    (check,) = re.findall(r"HEALTHCHECK .*? CMD (\[.+\])", FINAL_STAGE)
    program, *arguments = json.loads(check)
    assert program == "python"
    return [sys.executable, *arguments]


async def exit_of_healthcheck(port: int) -> int:
    process = await asyncio.create_subprocess_exec(
        *healthcheck(), env={"GREENLIGHT_HTTP_PORT": str(port)}, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


async def test_the_images_health_check_tells_a_live_bot_from_a_dead_one() -> None:
    async def readiness() -> dict[str, bool]:
        return {}

    server = HealthServer(readiness, CollectorRegistry(), port=0)
    await server.start()
    assert await exit_of_healthcheck(server.port) == 0
    await server.close()
    assert await exit_of_healthcheck(server.port) != 0


# The compose file


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())
def test_no_service_can_write_its_image_gain_rights_or_be_root(service: dict) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service["user"].startswith(("0", "root"))


def test_the_compose_user_is_the_images_user() -> None:
    assert instructions(FINAL_STAGE, "USER") == [BOT["user"]]


def test_the_bot_can_be_scaled() -> None:
    assert "container_name" not in BOT
    assert "ports" not in BOT
    assert "volumes" not in BOT


def test_the_store_is_reached_by_the_bot_only() -> None:
    assert STORE["networks"] == ["store"]
    assert COMPOSE["networks"]["store"]["internal"] is True
    assert "ports" not in STORE
    assert BOT["depends_on"]["redis"]["condition"] == "service_healthy"


def test_every_secret_is_a_file_and_every_file_is_declared() -> None:
    used = {name for service in SERVICES.values() for name in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    secret_names = {row.name for row in REFERENCE if row.secret}
    assert not secret_names & set(BOT["environment"])
    for name, value in BOT["environment"].items():
        if value.startswith("/run/secrets/"):
            assert name.removesuffix("_FILE") in secret_names
            assert Path(value).name in BOT["secrets"]


def test_every_setting_that_is_no_secret_reaches_the_bot() -> None:
    wanted = {row.name for row in REFERENCE if not row.secret} - {"GREENLIGHT_DATA_DIR"}
    assert wanted <= set(BOT["environment"])
    known = {row.name for row in REFERENCE} | {f"{row.name}_FILE" for row in REFERENCE if row.secret}
    assert set(BOT["environment"]) <= known


def test_the_compose_environment_is_enough_to_run(tmp_path: Path) -> None:
    contents = {
        "slack_bot_token": "xoxb-1",
        "slack_app_token": "xapp-1",
        "encryption_keys": Keyring.generate().dump().get_secret_value(),
        "redis_url": "redis://:0123abc@redis:6379/0",
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    environ = {
        name: re.sub(r"\$\{GREENLIGHT_CHANNEL:[^}]*\}", "C1", value).replace("/run/secrets", str(tmp_path))
        for name, value in BOT["environment"].items()
    }
    environ = {name: re.sub(r"\$\{\w+:-\}", "", value) for name, value in environ.items()}
    assert required_for_run(load_settings(environ)) == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[int]:
    """The compose file's own store command, run here; only its paths and its port are ours."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "valkey-server").symlink_to(find_server())
    (tmp_path / "redis_password").write_text("0123abc")
    shell, option, script = STORE["command"]
    assert (shell, option) == ("sh", "-c")
    script = script.replace("$$", "$").replace("/tmp/redis.conf", str(tmp_path / "redis.conf"))
    script = script.replace("/run/secrets", str(tmp_path)).replace(
        "--dir /data", f"--dir {tmp_path} --port 0 --unixsocket {tmp_path}/s"
    )
    environ = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    server = subprocess.Popen(
        [shell, option, script], env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield server.pid
        server.terminate()
        assert server.wait(10) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # whatever a shell in between may have left


def command_line(process: int) -> str:
    if (file := Path(f"/proc/{process}/cmdline")).exists():
        return file.read_text()
    asked = ["ps", "-o", "args=", "-p", str(process)]  # a Mac
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def turns_strangers_away(socket: Path) -> bool:
    """Whether it asks for a password; False while it does not listen yet."""
    with redis.Redis(unix_socket_path=str(socket), retry=None) as stranger:
        try:
            stranger.ping()
        except redis.AuthenticationError:
            return True
        except redis.RedisError:
            return False
    raise AssertionError("it answers a stranger")


async def test_the_store_command_gives_a_durable_store_that_asks_for_a_password(
    store: int, tmp_path: Path
) -> None:
    socket = tmp_path / "s"
    await until(lambda: turns_strangers_away(socket), what="the store to ask for a password")
    with redis.Redis(unix_socket_path=str(socket), password="0123abc", decode_responses=True) as client:
        chosen = client.config_get("appendonly", "appendfsync", "maxmemory-policy")
        assert chosen == {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
        assert client.info("server")["process_id"] == store  # signals reach the server, not a shell
    assert "0123abc" not in command_line(store)


def test_both_services_have_health_checks() -> None:
    assert "valkey-cli ping" in STORE["healthcheck"]["test"][1]
    assert "HEALTHCHECK" in DOCKERFILE


# The settings in the repository's texts


def test_the_example_environment_is_the_reference() -> None:
    assert (ROOT / ".env.example").read_text() == env_example()


def test_the_example_environment_holds_nothing_but_defaults() -> None:
    lines = env_example().splitlines()
    uncommented = dict(line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z_]+=", line))
    assert list(uncommented) == [row.name for row in REFERENCE]
    assert load_settings(uncommented) == load_settings({})
    assert all(line.startswith("#") or not line for line in lines)


def test_the_table_has_a_row_for_every_setting() -> None:
    table = markdown_table()
    assert all(f"| `{row.name}` | {row.meaning} |" in table for row in REFERENCE)
