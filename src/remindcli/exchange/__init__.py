"""Tasks as text that goes from one store to another, one format each."""
