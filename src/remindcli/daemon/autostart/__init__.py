"""Start at login, with whatever the platform has for it: text, install, uninstall, ask."""
