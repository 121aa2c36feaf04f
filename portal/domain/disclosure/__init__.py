"""Disclosure control: what the public may learn from all companies together without learning about one."""
