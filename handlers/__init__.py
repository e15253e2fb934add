"""Slack's doorstep: payload in, one service call, ack out."""
