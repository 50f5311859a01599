"""What became of a ticket besides its turns, told in one plain sentence a kind of entry."""

SENTENCES = {
    "ticket:reopened": "It is not done after all ({reason}), said {role}.",
    "ticket:closed": "It was closed: nobody has written for {days} days since it was resolved.",
    "ticket:assigned": "Somebody is to see to it: a person or a group ({group}).",
    "ticket:prioritised": "Its priority is {priority} now.",
    "ticket:tagged": "Tagged: {added}; no longer: {removed}.",
    "ticket:linked": "It has to do with {other}: {link}.",
    "sla:breached": "A deadline passed: {target}, priority {priority}, while it was {status}.",
    "notice:intended": "The desk has something to say to {audience}:",
    "notice:posted": "It was said.",
    "notice:failed": "It could not be said: {fault}.",
}
