"""The doors: people, files and jobs come in here. No rule of money lives in this room."""
