"""Sentences for entries about the record itself and the people who look at it."""

from __future__ import annotations

SENTENCES = {
    "artifact:kept": "What a digest stands for was put away: {artifact}.",
    "audit:searched": "Somebody searched the record and was shown {count}.",
    "audit:viewed": "Somebody looked at the record: {count} shown.",
    "audit:exported": "Part of the record was exported.",
    "audit:verified": "The record was verified: {checked} entries, findings: {found}.",
    "auth:denied": "Refused: {why}, {method} {route}.",
    "auth:link-made": "A link was made that signs somebody in once.",
    "auth:signed-in": "Somebody signed in, by {way}.",
    "auth:session-ended": "A session was ended.",
    "checkpoint:anchored": "A checkpoint of {size} entries is kept elsewhere: {place}, {name}.",
    "checkpoint:listed": "The checkpoint of {size} entries was signed.",
    "clock:skewed": "The clock differed by {skew_us} microseconds from {source}.",
    "config:changed": "The desk began with other settings than before.",
    "desk:started": "The desk started, version {version}.",
    "desk:stopped": "The desk stopped in good order.",
    "log:beat": "Nothing happened for a while, and the log was there to see it.",
    "log:failing": "Entries could not get their place in the log for a while: {fault}.",
    "person:granted": "Somebody may come in as {roles}.",
    "person:revoked": "Somebody gets in no more.",
    "search:saved": "A search was kept.",
    "search:forgotten": "A search that was kept was removed.",
}
