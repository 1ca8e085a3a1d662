"""The background daemon: it rings what is due, and spawns what comes next."""
