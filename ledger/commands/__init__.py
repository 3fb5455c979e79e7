"""Every command on a ledger, a module per noun."""
