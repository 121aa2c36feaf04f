"""One module per flask command."""
