"""Files to and from banks in ISO 20022: XML in, values out, and the other way round.

Nothing here knows a ledger. `pain001` writes payments; `pain002` reads what the bank answers;
`camt` reads statements into the values of `statement`, `balance` proves them, and `line_id` gives
each line a name that stays the same when the file comes again. `document` opens the XML, or refuses
it. What each element becomes is told in docs/reference/bank-files.md.
"""
