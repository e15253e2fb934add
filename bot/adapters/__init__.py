"""One module per outside system; foreign errors are translated here and only here."""
