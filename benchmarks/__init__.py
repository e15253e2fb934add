"""Greenlight measured beside its baselines, in one run on one machine: `make bench`."""
