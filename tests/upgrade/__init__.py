"""Two versions of Greenlight on one store: the rehearsal behind `make upgrade`, and what an old one wrote."""
