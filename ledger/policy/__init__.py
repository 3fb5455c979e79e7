"""The rules of money, pure: terms + facts -> outcomes -> entitlements, each with its working.

`nights` counts, `refund` says what the state refunds, `savings` compares two histories,
`entitlement` caps, rounds and divides, `assess` runs them over one agreement.
"""

VERSION = 1
"""Raised whenever the same facts would give another decision."""
