"""The writing side: what happened, what it means in money, and the store that never forgets.

Reading order: `money`, `dates`, `facts`, `terms`, `events` (the language), `policy` (the rules of
money), `decide` (command + state -> events or a refusal), `store`, `service` (the one door).
"""
