"""Jobs that run by the clock: each run an event, what they find open until it is dealt with."""
