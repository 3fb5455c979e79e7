"""An agreement's terms and the dated rules of law it refers to, as validated data."""
