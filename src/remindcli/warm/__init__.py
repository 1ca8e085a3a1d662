"""The warm process: everything is imported and the store is open; commands are answered one after the other.

The daemon starts it and starts it again when it dies (daemon/companion.py); it ends with the daemon. What it does is
what the `remind` entry would do by itself: the same `cli.main`, with the asker's words, folder, variables and terminal.

request.py reads what was asked; answering.py does it; parts.py cuts what it prints into parts of the answer; serving.py
listens; __main__.py is the process.
"""
