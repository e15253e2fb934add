"""`python -m bot` is `greenlight`."""

from bot.cli import main

if __name__ == "__main__":
    main()
