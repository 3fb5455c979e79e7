"""The command line: `ofl`. Thin: it reads files, calls the ledger, and shows answers."""
