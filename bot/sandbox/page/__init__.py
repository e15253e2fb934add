"""The local page that is the workspace: Slack, OpenAI, Netskope, mailbox, clock and bad days in a browser."""
