"""The rules of money, pure: terms + facts -> outcomes -> entitlements, each with its working.

`modifiers` changes what an outcome is worth, `caps` says what is left, `entitlement` rounds and
divides, `versions` says which terms and which law judge an outcome, `assess` runs all of it over
one agreement. What each metric kind pays for is in `ledger.metrics`. `sampling` says which items an
auditor looks at, and what they say of the rest.
"""

VERSION = 2
"""Raised whenever the same facts would give another decision.

1: a move told under a pseudonym that was merged into another stood out of order. 2: moves in order.
"""
