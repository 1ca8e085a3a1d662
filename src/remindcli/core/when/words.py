"""The words of the time language, as data: a language is added by adding rows."""

WEEKDAYS = {
    "monday": 0, "mon": 0, "tuesday": 1, "tue": 1, "tues": 1, "wednesday": 2, "wed": 2, "weds": 2,
    "thursday": 3, "thu": 3, "thur": 3, "thurs": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5,
    "sunday": 6, "sun": 6,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
UNITS = {
    "second": "second", "seconds": "second", "sec": "second", "secs": "second", "s": "second",
    "minute": "minute", "minutes": "minute", "min": "minute", "mins": "minute", "m": "minute",
    "hour": "hour", "hours": "hour", "hr": "hour", "hrs": "hour", "h": "hour",
    "day": "day", "days": "day", "d": "day", "dy": "day", "dys": "day",
    "week": "week", "weeks": "week", "wk": "week", "wks": "week", "w": "week",
    "fortnight": "fortnight", "fortnights": "fortnight",
    "month": "month", "months": "month", "mo": "month", "mos": "month", "mth": "month", "mths": "month",
    "quarter": "quarter", "quarters": "quarter", "qtr": "quarter", "qtrs": "quarter",
    "year": "year", "years": "year", "yr": "year", "yrs": "year", "y": "year",
}  # fmt: skip
CARDINALS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
ORDINALS = {
    "first": 1, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip

# How often, in one word: (interval, unit).
FREQUENCIES = {
    "secondly": (1, "second"), "minutely": (1, "minute"), "hourly": (1, "hour"), "daily": (1, "day"),
    "everyday": (1, "day"), "nightly": (1, "day"), "weekly": (1, "week"), "biweekly": (2, "week"),
    "fortnightly": (2, "week"), "monthly": (1, "month"), "quarterly": (3, "month"), "semiannual": (6, "month"),
    "halfhourly": (30, "minute"),
    "semiannually": (6, "month"), "halfyearly": (6, "month"), "yearly": (1, "year"), "annual": (1, "year"),
    "annually": (1, "year"), "biennial": (2, "year"), "biennially": (2, "year"),
}  # fmt: skip

# Words that mean two things: the two ways to say it plainly.
TWO_MEANINGS = {
    "biannual": ("every 6 months", "every 2 years"),
    "biannually": ("every 6 months", "every 2 years"),
    "bimonthly": ("every 2 months", "every month on the 1st and 15th"),
    "biyearly": ("every 6 months", "every 2 years"),
    "semimonthly": ("every month on the 1st and 15th", "every 2 weeks"),
    "semiweekly": ("every mon and thu", "every 2 weeks"),
}

# Parts of the day: name, the hours a time may have in it.
PARTS = {
    "morning": (0, 12), "noon": (12, 13), "lunch": (11, 15), "afternoon": (12, 19), "evening": (16, 24),
    "night": (17, 24), "tonight": (17, 24), "breakfast": (5, 11), "dinner": (17, 22), "midnight": (0, 1),
    "eod": (0, 24),
}  # fmt: skip

# An indefinite number has to be some number; the echo says which.
VAGUE = {"couple": 2, "few": 3, "several": 7}

# Abbreviations of zones, and the place whose clocks are meant (so EST in July is New York's time).
ZONES = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "bst": "Europe/London", "wet": "Europe/Lisbon",
    "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "msk": "Europe/Moscow", "est": "America/New_York",
    "edt": "America/New_York", "et": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "akst": "America/Anchorage",
    "akdt": "America/Anchorage", "hst": "Pacific/Honolulu", "jst": "Asia/Tokyo", "kst": "Asia/Seoul",
    "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore", "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney", "acst": "Australia/Adelaide", "awst": "Australia/Perth",
    "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}  # fmt: skip

# One row a role: the kind of token, then the words. A word stands in one row only.
_ROLES = {
    "every": "every each ev per",
    "except": "except excluding but",
    "other": "other alternate",
    "this": "this current",
    "coming": "coming upcoming",
    "next": "next following",
    "last": "last final",
    "gone": "previous past ago",
    "due": "due by sometime",
    "on": "on around about approximately roughly approx ca circa",
    "during": "during over",
    "at": "at",
    "in": "in within",
    "of": "of",
    "the": "the",
    "a": "a an",
    "and": "and plus",
    "or": "or",
    "from": "from starting start starts beginning since effective",
    "until": "until till til ending ends through thru",
    "to": "to",
    "between": "between",
    "for": "for",
    "after": "after",
    "before": "before",
    "later": "later hence out",
    "end": "end",
    "begin": "begin",
    "mid": "mid middle",
    "half": "half",
    "times": "times time occurrences occurrence instances instance repetitions x",
    "once": "once",
    "twice": "twice thrice",
    "up": "up",
    "done": "done completion completed complete finished finish completing finishing",
    "when": "when",
    "it": "it its is was being",
    "oclock": "oclock",
    "leap": "leap",
    "am": "am pm",
    "sharp": "sharp",
    "more": "more",
    "early": "early",
    "late": "late",
    "workday": "weekday weekdays workday workdays",
    "weekend": "weekend weekends wkend wkends",
    "penultimate": "penultimate",
    "strict": "strictly",
}
_DAY_NAMES = {
    "today": 0, "tod": 0, "tdy": 0, "tomorrow": 1, "tom": 1, "tmr": 1, "tmrw": 1, "tomo": 1, "tmw": 1,
    "yesterday": -1, "overmorrow": 2,
}  # fmt: skip
_PART_NAMES = {
    "midday": "noon", "lunchtime": "lunch", "dinnertime": "dinner", "breakfasttime": "breakfast",
    "supper": "dinner", "firstthing": "morning", "tonite": "tonight", "cob": "eod", "eob": "eod", "nighttime": "night",
}  # fmt: skip


def _table() -> dict[str, tuple[str, object]]:
    """Return word -> (kind of token, value)."""
    table: dict[str, tuple[str, object]] = {
        word: (kind, word) for kind, words in _ROLES.items() for word in words.split()
    }
    table |= {word: ("weekday", day) for word, day in WEEKDAYS.items()}
    table |= {word + "s": ("weekday", day) for word, day in WEEKDAYS.items() if word.endswith("day")}
    table |= {word: ("month", month) for word, month in MONTHS.items()}
    table |= {word: ("unit", unit) for word, unit in UNITS.items()}
    table |= {word: ("num", number) for word, number in CARDINALS.items()}
    table |= {word: ("ord", number) for word, number in ORDINALS.items()}
    table |= {word: ("freq", often) for word, often in FREQUENCIES.items()}
    table |= {word: ("part", word) for word in PARTS}
    table |= {f"{word}s": ("part", word) for word in ("morning", "afternoon", "evening", "night")}
    table |= {word: ("part", part) for word, part in _PART_NAMES.items()}
    table |= {word: ("vague", number) for word, number in VAGUE.items()}
    table |= {word: ("dayname", days) for word, days in _DAY_NAMES.items()}
    table["now"] = ("now", 0)
    for end in "se":
        for shift in ("", "n"):
            for unit in ("d", "w", "ww", "m", "q", "y"):
                if end + unit != "ed" or shift:  # "eod" is a time of day
                    table[f"{end}o{shift}{unit}"] = ("edge", (end, 1 if shift else 0, unit))
    return table


WORDS = _table()

# Two or three words that are one, seen by the first.
PAIRS = {
    ("working", "day"): "workday", ("working", "days"): "workdays", ("business", "day"): "workday",
    ("business", "days"): "workdays", ("work", "day"): "workday", ("work", "days"): "workdays",
    ("right", "now"): "now", ("half", "yearly"): "halfyearly", ("o", "clock"): "oclock",
    ("start", "of"): "begin", ("beginning", "of"): "begin", ("begin", "of"): "begin", ("middle", "of"): "mid",
    ("starting", "from"): "from", ("starting", "on"): "from", ("starting", "in"): "from",
    ("starting", "at"): "from", ("beginning", "on"): "from", ("up", "to"): "up", ("week", "end"): "weekend",
    ("week", "day"): "weekday", ("week", "days"): "weekdays", ("every", "single"): "every", ("as", "of"): "from",
    ("first", "thing"): "firstthing", ("12", "noon"): "noon", ("12", "midday"): "noon", ("twelve", "noon"): "noon",
    ("12", "midnight"): "midnight", ("twelve", "midnight"): "midnight", ("month", "end"): "eom", ("year", "end"): "eoy",
    ("no", "later"): "due", ("due", "than"): "due", ("end", "business"): "eod", ("close", "of"): "end",
}  # fmt: skip

PLURAL_DAYS = frozenset(word + "s" for word in WEEKDAYS if word.endswith("day"))
PLURAL_GROUPS = frozenset({"weekdays", "workdays", "weekends", "wkends"})
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_SHORT = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
