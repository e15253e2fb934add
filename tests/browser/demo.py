"""`greenlight demo` as a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def demo_process() -> Iterator[str]:
    """`greenlight demo` as a person starts it; the URL it prints."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout is not None
            yield next(found[0] for line in demo.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            demo.terminate()
            assert demo.wait(timeout=120) == 0, "the demo leaves in order"
