"""`python -m bot` is `greenlight`."""

import sys
from contextlib import suppress


def leave_no_core() -> None:
    """Have no memory of this process written to disk when it crashes: a key may be in it.

    Where the system pipes dumps into a program of its own, that program decides.
    """
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Serve without the command line's own library; everything else is parsed by it."""
    leave_no_core()
    if sys.argv[1:] == ["run"]:
        from bot.commands.run import alone as command  # noqa: PLC0415
    else:
        from bot.cli import main as command  # noqa: PLC0415
    command()


if __name__ == "__main__":
    main()
