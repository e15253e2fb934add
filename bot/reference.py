"""The settings in the forms that people read: `.env.example` and a Markdown table, both from REFERENCE."""

import textwrap

from bot.settings import REFERENCE, Variable

_HEAD = """\
# Settings of Greenlight: copy to `.env` and fill in. Everything commented out has the default shown or none.
# Each secret may also come from a file: NAME_FILE=/path/to/file instead of NAME=value.
# To run, set the first two, and GREENLIGHT_CHANNEL; `greenlight doctor` says what is missing.
"""
_WIDTH = 106


def env_example() -> str:
    """The text of `.env.example`."""
    return "\n".join([_HEAD, *map(_env_entry, REFERENCE)])


def _env_entry(row: Variable) -> str:
    note = f"{row.meaning}: {row.expects}." + (" Secret." if row.secret else "")
    comment = textwrap.indent(textwrap.fill(note, _WIDTH), "# ")
    return f"{comment}\n#{row.name}={row.default}\n"


def markdown_table() -> str:
    """The rows of the settings table in the docs."""
    rows = (f"| `{row.name}` | {row.meaning} | {row.expects} | {_default(row)} |" for row in REFERENCE)
    return "\n".join(["| name | meaning | value | default |", "|---|---|---|---|", *rows]) + "\n"


def _default(row: Variable) -> str:
    default = f"`{row.default}`" if row.default else "unset"
    return f"{default}; secret" if row.secret else default
