"""What the ledger costs, as ratios to what the machine and others can do."""
