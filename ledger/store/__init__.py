"""The store that never forgets: exact bytes in one gapless, hash-chained sequence, and the vault.

`envelope` makes the bytes, `chain` proves them, `codec` turns them into events and back, `sqlite`
keeps them, `merkle` and `checkpoint` sign what they are, `vault` keeps the keys to what is
personal.
"""
