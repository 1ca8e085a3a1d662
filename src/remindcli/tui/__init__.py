"""The interactive view, `remind tui`: the verbs of the command line on a screen that stays (extra `tui`)."""
