"""`greenlight doctor`: what was seen of an installation goes in, findings with the way to mend each come out.

Pure: looking is done by adapters and `bot.checkup`; what it means is decided here.
"""

from bot.doctor.finding import Finding, Standing
from bot.doctor.report import as_json, as_message, as_text, exit_code

__all__ = ["Finding", "Standing", "as_json", "as_message", "as_text", "exit_code"]
