"""Searching the log: what was asked for, when roughly, and the words that somebody remembers."""
