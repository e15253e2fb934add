"""Everything behind Slack's doorstep."""

__version__ = "0.1.0"
