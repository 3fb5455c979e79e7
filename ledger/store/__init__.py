"""The store that never forgets: exact bytes in one gapless, hash-chained sequence, and the vault.

`envelope` makes the bytes, `chain` proves them, `codec` turns them into events and back. `log`
keeps them, by rules that are the same on every engine; `sqlite` and `postgres` are the engines,
and `location` says which. `merkle` and `checkpoint` sign what is kept, `vault` keeps the keys to
what is personal, `copying` moves all of it.
"""
