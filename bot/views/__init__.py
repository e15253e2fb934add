"""All that a person reads, as pure functions of the domain."""
