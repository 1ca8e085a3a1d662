"""The words of the filter language, for who reads them and for who offers them; nothing is imported for them."""

SPANS = {
    "overdue": "due, and not done",
    "today": "due today",
    "tomorrow": "due tomorrow",
    "yesterday": "due yesterday",
    "week": "due today or in the six days after",
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STATES = {
    "recurring": "comes back",
    "ringing": "has rung, and is not answered",
    "nagging": "rings again and again until it is answered",
    "kept": "waits for the end of quiet hours",
    "snoozed": "its alert was put off",
    "overdue": "due, and not done",
    "undated": "has no time",
    "paused": "rests",
    "done": "finished",
    "failed": "an alert of it was given up",
    "deleted": "was taken away",
}
FREQUENCIES = {
    "minute": "MINUTELY",
    "hour": "HOURLY",
    "day": "DAILY",
    "week": "WEEKLY",
    "month": "MONTHLY",
    "year": "YEARLY",
    "minutely": "MINUTELY",
    "hourly": "HOURLY",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "yearly": "YEARLY",
}
PRIORITIES = ("p1", "p2", "p3")
JOINTS = {"or": "one of both sides", "not": "what follows does not hold", "and": "both sides; may be left out"}
KEYS = {
    "before": "due before a time: before:fri",
    "after": "due after a time: after:+2d",
    "every": "how it comes back: every:monthly",
    "text": "stands in the title or the note, whatever the word",
    "is": "a state: is:recurring",
}
NAMES = (*SPANS, *(f"is:{name}" for name in STATES), *(f"every:{name}" for name in FREQUENCIES if name.endswith("ly")))
RESERVED = frozenset((*SPANS, *WEEKDAYS, *DAY_NAMES, *PRIORITIES, *JOINTS))
"""Words that mean something by themselves; a saved view can't have such a name."""
