"""Benchmarks: each measures what we made against a floor, interleaved in one run, and prints the ratio."""
