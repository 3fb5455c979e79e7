"""Command + state -> events, or a refusal that says why. Pure: no clock, no file, no chance."""
