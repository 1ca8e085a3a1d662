"""The SQLite file, which is the truth: the only SQL of the project."""
