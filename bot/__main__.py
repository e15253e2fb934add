"""`python -m bot` is `greenlight`."""

import sys


def main() -> None:
    """Serve without the command line's own library; everything else is parsed by it."""
    if sys.argv[1:] == ["run"]:
        from bot.commands.run import alone as command  # noqa: PLC0415
    else:
        from bot.cli import main as command  # noqa: PLC0415
    command()


if __name__ == "__main__":
    main()
