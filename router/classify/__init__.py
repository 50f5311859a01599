"""The router agent: rules, replies to questions, stickiness, embedded; each gives a `Decision`."""
