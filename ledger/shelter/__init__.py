"""The shelter rule, pure: which nights there were, which the state refunds, and what was saved."""
