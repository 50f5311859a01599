"""Measurements against targets; each is run as a program."""
