"""The reading side: events -> postings, balances, histories and answers.

Nothing here is a source of truth: every view can be thrown away and rebuilt from the events.
Reading order: `posting` (event -> double-entry lines), `views` (the tables), `follow` (catching
up and rebuilding), then one module per question.
"""
