"""The local world: Slack, OpenAI, Netskope and a mailbox; test world and demo world."""
