"""What is said of entries about the other doors, incidents and what was found late."""

from __future__ import annotations

SENTENCES = {
    "token:created": "The token {token} may use the API: {scopes}.",
    "token:revoked": "The token {token} was made useless.",
    "callback:delivered": "The caller took it ({event}, try {tries}, status {status}).",
    "callback:dead": "The caller did not take it ({event}, {tries} tries: {fault}); given up.",
    "satisfaction:given": "The requester gives the ticket {score} of 5.",
    "message:late": "Slack had not delivered it; it was found by looking.",
    "incident:proposed": "{people} people ask the same: staff is asked whether it is an incident.",
    "incident:opened": "Staff says that it is an incident ({incident}).",
    "incident:declined": "Staff says that it is no incident ({incident}).",
    "incident:joined": "The ticket belongs to the incident {incident}.",
    "incident:answered": "Staff answers all {tickets} tickets of the incident {incident}:",
    "incident:closed": "The incident {incident} is over; its {tickets} tickets are resolved.",
}
"""A sentence for each kind; its fields stand in braces."""
