"""Processes that die and freeze at every boundary of a turn, and what must hold all the same."""
