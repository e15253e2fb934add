"""Operator commands, one module per subject; heavy imports stay inside the command that needs them."""
