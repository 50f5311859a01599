"""Seeing inside: what the desk counts, traces and logs, so that nobody has to guess.

Nothing here changes what the desk does, and nothing that people wrote gets into it.
"""
