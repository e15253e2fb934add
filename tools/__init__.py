"""What maintainers run: the release and the audit of dependencies."""
