"""The drill: tamper with a copy of the log in every way that is known, and see what verify finds.

Nothing here touches the database that the desk works with, nor its keys.
"""
