"""What serving imports: every replica pays for it in start-up time and memory."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

HEAVY = (
    "aiosmtplib",  # only where SMTP_URL is set
    "bot.checkup",
    "bot.doctor.report",
    "bot.manifest",
    "bot.sandbox",
    "cyclopts",
    "hvac",
    "jwt",
    "opentelemetry.sdk",
    "rich",
    "yaml",
)
SERVE = (
    "import sys\n"
    "from bot.commands import run\n"
    "with run._without(run.UNUSED):\n"
    "    import bot.main\n"
    "print(*sys.modules)"
)


def imported(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_a_replica_does_not_import_what_serving_does_not_need():
    found = imported(SERVE)
    assert "bot.main" in found
    assert found.isdisjoint(HEAVY), sorted(found.intersection(HEAVY))


def test_what_was_hidden_while_starting_can_be_imported_afterwards():
    assert "rich.console" in imported(f"{SERVE}\nimport rich.console\nprint(*sys.modules)")


@pytest.mark.parametrize("command", [["run"], ["run", "--help"]])
def test_serving_without_settings_ends_with_the_way_to_them_or_with_help(command, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0 if "--help" in command else 2, "")
    assert "Slack" in done.stdout
