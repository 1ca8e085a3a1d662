"""The rules of reminding, pure: no files, no database, no environment, no clock, no printing."""
