"""The metric kinds: a file each, holding its terms, its rule, and how it is told.

A file here that defines a class with a `kind` is a metric kind; nothing else has to know of it.
"""
