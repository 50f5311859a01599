"""Keeping checkpoints elsewhere: one module a kind of place."""
