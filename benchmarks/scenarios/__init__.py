"""One module per question that a benchmark answers."""
