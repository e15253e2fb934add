"""The pure core: states, rules, evidence; no clock, no I/O."""
