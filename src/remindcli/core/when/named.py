"""Days that have a name, as data: fixed ones, nth weekdays of a month, and those that are counted from Easter."""

from collections.abc import Mapping
from datetime import date

# (month, day); the setting named_days adds to these, or says otherwise.
NAMED_DAYS: Mapping[str, tuple[int, int]] = {
    "new year": (1, 1), "new years": (1, 1), "new years day": (1, 1),
    "new year day": (1, 1), "epiphany": (1, 6), "australia day": (1, 26),
    "national freedom day": (2, 1), "groundhog day": (2, 2), "valentines day": (2, 14), "valentines": (2, 14),
    "international womens day": (3, 8),    "womens day": (3, 8),
    "pi day": (3, 14), "st patricks day": (3, 17), "saint patricks day": (3, 17),
    "april fools day": (4, 1), "april fools": (4, 1), "earth day": (4, 22), "anzac day": (4, 25), "may day": (5, 1),
    "star wars day": (5, 4), "cinco de mayo": (5, 5), "harvey milk day": (5, 22), "flag day": (6, 14),
    "juneteenth": (6, 19), "canada day": (7, 1), "independence day": (7, 4), "bastille day": (7, 14),
    "purple heart day": (8, 7), "womens equality day": (8, 26), "patriot day": (9, 11), "halloween": (10, 31),
    "all hallows eve": (10, 31), "all saints day": (11, 1), "all souls day": (11, 2), "guy fawkes night": (11, 5),
    "bonfire night": (11, 5), "veterans day": (11, 11), "armistice day": (11, 11), "remembrance day": (11, 11),
    "st nicholas day": (12, 6), "saint nicholas day": (12, 6),
    "christmas eve": (12, 24), "xmas eve": (12, 24), "christmas": (12, 25),
    "xmas": (12, 25), "christmas day": (12, 25), "xmas day": (12, 25), "boxing day": (12, 26), "kwanzaa": (12, 26),
    "new years eve": (12, 31), "new year eve": (12, 31), "nye": (12, 31),
}  # fmt: skip

# (month, which, weekday), as the United States have them; others differ, so the echo says which day it is.
NTH_WEEKDAYS: Mapping[str, tuple[int, int, int]] = {
    "martin luther king day": (1, 3, 0), "mlk day": (1, 3, 0), "presidents day": (2, 3, 0),
    "washingtons birthday": (2, 3, 0), "mothers day": (5, 2, 6), "memorial day": (5, -1, 0), "fathers day": (6, 3, 6),
    "labor day": (9, 1, 0), "columbus day": (10, 2, 0), "indigenous peoples day": (10, 2, 0),
    "thanksgiving": (11, 4, 3), "thanksgiving day": (11, 4, 3), "canadian thanksgiving": (10, 2, 0),
}  # fmt: skip

# Days from the Thanksgiving of the United States.
FROM_THANKSGIVING: Mapping[str, int] = {"black friday": 1, "cyber monday": 4}

# Days from Easter Sunday of the western churches.
FROM_EASTER: Mapping[str, int] = {
    "shrove tuesday": -47, "mardi gras": -47, "ash wednesday": -46, "palm sunday": -7, "maundy thursday": -3,
    "holy thursday": -3, "good friday": -2, "holy saturday": -1, "easter": 0, "easter sunday": 0, "easter day": 0,
    "easter monday": 1, "ascension": 39, "ascension day": 39, "pentecost": 49, "whit sunday": 49, "whitsunday": 49,
    "pentecost monday": 50, "whit monday": 50, "corpus christi": 60, "goodfriday": -2, "eastermonday": 1,
}  # fmt: skip


def easter(year: int) -> date:
    """Return Easter Sunday by the Gregorian computus (J. Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    golden, century = year % 19, year // 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - moon - year % 100 % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
