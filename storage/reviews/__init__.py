"""Reviews: people judge decisions, and their judgement is on record as the decisions are."""
