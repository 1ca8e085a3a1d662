"""A whole phrase into its parts, in any order: each token is handed to those who can read it."""

from collections.abc import Callable

from remindcli.core.when import counted, dates, holidays, months, ranges, recurring, shapes, times
from remindcli.core.when.draft import NUMBER, NUMBER_FIRST, Draft, Every, Reader
from remindcli.core.when.within import nested

Reads = Callable[[Reader], bool]

_DATE_STARTS = frozenset(
    {
        "the", "weekday", "workday", "weekend", "month", "num", "ord", "ymd", "dmy", "dm", "dot", "my", "ym", "yday",
        "isoweek", "compact", "dayname", "this", "next", "coming", "last", "a", "end", "begin", "mid", "edge", "name",
        "quarter", "clock", "penultimate", "every", "part", "unit", "at", "point", "vague", "half", "now",
    }
)  # fmt: skip
_SMALL = frozenset(
    {"on", "at", "in", "of", "the", "due", "from", "until", "to", "for", "after", "before", "between", "this", "next"}
)
_AFTER_OF = frozenset({"the", "month", "this", "next", "every", "unit", "num", "quarter", "last"})
_AFTER_ABOUT = frozenset({"num", "a", "half", "vague", "glue", "quarter"})
_AFTER_THE = frozenset(
    {
        "ord", "num", "weekday", "workday", "weekend", "last", "next", "coming", "unit", "end", "begin", "mid", "this",
        "penultimate", "name", "dayname", "month", "part",
    }
)  # fmt: skip


def read_phrase(r: Reader) -> Draft:
    """Return the parts of the whole phrase.

    Raises:
        MisreadError: some of it cannot be read; it stands on the first token that cannot.
    """
    r.read_one = _read_one
    while r.kind() != "end_of_text":
        _read_one(r)
    return r.draft


def _read_one(r: Reader) -> None:
    start = r.i
    for reads in _READERS.get(r.kind(), ()):
        if reads(r):
            if r.i == start:
                break
            return
        r.i = start
    if r.kind(1) == "end_of_text" and r.kind() in _SMALL:
        raise r.stop(f'something is missing after "{r.text()}"')
    raise r.stop()


def _follow(kinds: frozenset[str]) -> Reads:
    """Return a reader of a small word that must stand before one of these."""

    def reads(r: Reader) -> bool:
        r.i += 1
        return r.kind() in kinds

    return reads


def _on(r: Reader) -> bool:
    """Step over "on" before a day; read "around 8", "about 5pm"; "about friday" is what a text is about."""
    word = r.text()
    if word != "on":
        is_hour = r.kind(1) in {"clock", "part"} or (r.kind(1) == "num" and len(r.text(1)) < 3)
        if is_hour and times.read_at(r):
            return True
    r.i += 1
    if word == "about":
        return r.kind() in _AFTER_ABOUT and r.kind(1) != "month"
    return r.kind() in (_DATE_STARTS if word == "on" else _DATE_STARTS - {"every"})


def _due(r: Reader) -> bool:
    """Step over "due", "by"; what is due every friday is not by every friday."""
    word = r.text()
    r.i += 1
    return r.kind() in _DATE_STARTS | {"on", "in", "due"} and (word == "due" or r.kind() != "every")


def _of(r: Reader) -> bool:
    """Step over "of" between two parts; no phrase begins with it."""
    r.i += 1
    return r.i > 1 and r.kind() in _AFTER_OF


def _comma(r: Reader) -> bool:
    """Step over a comma between parts, or a mark at the end."""
    is_end = r.kind(1) == "end_of_text"
    if r.text() in {"?", ".", "!"}:
        if r.text() == "!" and r.draft.every is not None and is_end:
            raise r.stop("counted from when it is done?", hint="every! 3 days, or without the mark")
        r.i += 1
        return is_end and r.i > 1
    if r.text() == "/":
        r.i += 1  # august/10/2012; /05/25/2015 of log files
        return (r.kind() == "my" and bool(r.draft.months)) or (r.kind() == "dmy" and r.i == 1)
    if r.text() == ":":  # 06/nov/2023:06:36
        r.i += 1
        return r.i > 1
    is_wanted = (r.text() in {",", "@"} and r.i > 0) or r.text() in {"@", "~"}
    r.i += 1
    if months.read_more_dates(r):
        return True
    return is_wanted and not is_end and r.text() not in {",", "@"}


def _at_sign(r: Reader) -> bool:
    return r.text() == "@" and times.read_at(r)


def _from(r: Reader) -> bool:
    if r.draft.start is not None or recurring.read_done(r):
        return r.draft.is_completion
    if r.text() == "from" and recurring.read_hours(r):
        return True
    r.i += 1
    r.draft.start = nested(r)
    if r.kind() == "to" or (r.text() == "-" and r.draft.every is not None):
        return _until(r)
    return True


def _between(r: Reader) -> bool:
    """Read "between dec 1 and dec 5" of a recurrence."""
    if r.draft.every is None or r.draft.start is not None:
        return False
    r.i += 1
    r.draft.start = nested(r)
    return r.kind() == "and" and _until(r)


def _until(r: Reader) -> bool:
    if r.draft.until is not None:
        raise r.stop("it says twice until when")
    r.draft.end_word = r.text()
    r.i += 1
    r.take("up")
    r.draft.until = nested(r)
    return True


def _number(r: Reader) -> bool:
    """Read a day of the month alone, 27, or 9 to 17 of an hourly rule."""
    every = r.draft.every
    if every is not None and every.unit in {"hour", "minute"} and recurring.read_hours(r):
        return True
    is_alone = r.i == 0 and r.kind(1) in {"end_of_text", "at", "clock"}
    weak = NUMBER if r.kind(1) == "end_of_text" else NUMBER_FIRST
    number = r.token.value
    before = r.tokens[r.i - 1].kind if r.i else ""
    if every is not None and r.kind(1) not in {"unit", "times"} and before in {"on", "the"}:
        is_alone = True
    if (
        before == "weekday"
        and not r.draft.ords
        and every is None
        and r.kind(1) in {"end_of_text", "at", "clock", "part", "point"}
    ):
        is_alone, weak = True, NUMBER  # friday 27, said of the 27th
    if r.kind(1) == "of" and r.kind(2) in {"the", "this", "next", "every"}:
        is_alone, weak = True, NUMBER  # 20 of next month
    if not is_alone or not isinstance(number, int) or r.token.is_spelled or not 1 <= number <= 31 or r.draft.mdays:
        return False
    if r.draft.every is None:
        r.draft.weak = weak
    r.draft.mdays = (number,)
    r.i += 1
    return True


def _last(r: Reader) -> bool:
    if r.draft.every is None and r.kind(1) == "month":
        raise r.stop("that is past", hint="the last day of september")
    if r.draft.every is None and r.kind(1) == "unit" and r.tokens[r.i + 1].value != "day":
        if r.kind(2) == "of":
            raise r.stop("it does not say which day", hint="last monday of january, end of january")
        raise r.stop("that is past")
    return dates.read_ordinals(r)


def _now(r: Reader) -> bool:
    r.draft.is_now = True
    r.i += 1
    return True


def _bracket_year(r: Reader) -> bool:
    if not r.draft.months or r.draft.year is not None:
        return False
    r.draft.year = 2000 + r.token.value
    r.i += 1
    return True


def _plural_every(r: Reader) -> bool:
    """Read weekdays; in the plural they are a recurrence."""
    read = dates.read_weekdays(r)
    if read and r.draft.is_plural and r.draft.every is None and not r.draft.period:
        r.draft.every = Every(1, "")
    return read


def _and(r: Reader) -> bool:
    """Read "and dec 1" of every june 1; refuse another second time: one reminder has one, or one rule."""
    r.i += 1
    if months.read_more_dates(r):
        return True
    r.i -= 1
    if r.i and (r.draft.has_date() or r.draft.times or r.draft.every):
        raise r.stop("it names a second time; one reminder has one rule", hint="two reminders, one for each")
    return False


def _later(r: Reader) -> bool:
    raise r.stop("it does not say how much later", hint="in 2 hours, tonight, friday")


def _strictly(r: Reader) -> bool:
    r.draft.is_strict = True
    r.i += 1
    return r.kind() in {"on", "the", "ord"}


def _early(r: Reader) -> bool:
    """Step over "early" and "late" before a part of the day: the part's own time is meant."""
    r.i += 1
    if r.kind() == "in" and r.kind(1) == "the" and r.kind(2) == "part":
        return True
    return r.kind() == "part" or (r.kind() in {"dayname", "weekday"} and r.kind(1) == "part")


def _up(r: Reader) -> bool:
    r.i += 1
    return recurring.read_times(r)


_READERS: dict[str, tuple[Reads, ...]] = {
    "on": (_on,),
    "due": (_due,),
    "during": (_follow(frozenset({"the", "next", "this", "weekend", "early", "late", "month"})),),
    "at": (times.read_at, _follow(frozenset({"the", "begin", "end", "edge"}))),
    "of": (_of,),
    "the": (_follow(_AFTER_THE),),
    "in": (counted.read_in,),
    "point": (_at_sign, counted.read_shift, ranges.read_dash, _comma, counted.read_counted),
    "dayname": (dates.read_day_name,),
    "now": (_now,),
    "weekday": (_plural_every,),
    "workday": (_plural_every,),
    "weekend": (_plural_every,),
    "month": (holidays.read_named_day, months.read_month),
    "num": (
        months.read_day_of_month,
        months.read_year,
        recurring.read_times,
        ranges.read_hours,
        times.read_clock,
        counted.read_counted,
        _number,
    ),
    "ord": (months.read_day_of_month, dates.read_ordinals),
    "last": (_last,),
    "penultimate": (dates.read_ordinals,),
    "vague": (counted.read_counted,),
    "a": (times.read_clock, counted.read_counted),
    "half": (times.read_clock, counted.read_counted),
    "glue": (times.read_clock, counted.read_counted),
    "isospan": (counted.read_counted,),
    "ymd": (shapes.read_ymd,),
    "dmy": (shapes.read_two_orders,),
    "dm": (shapes.read_two_orders,),
    "dot": (times.read_clock, shapes.read_dotted),
    "later": (_later,),
    "and": (_and,),
    "strict": (_strictly,),
    "ym": (shapes.read_year_month,),
    "my": (shapes.read_year_month,),
    "isoweek": (shapes.read_iso_week,),
    "yday": (shapes.read_day_of_year,),
    "compact": (shapes.read_compact,),
    "quarter": (shapes.read_quarter,),
    "clock": (times.read_clock,),
    "part": (times.read_part,),
    "am": (times.read_half_of_day,),
    "offset": (times.read_zone,),
    "zone": (times.read_zone,),
    "name": (holidays.read_named_day, times.read_zone, recurring.refuse_two_meanings),
    "every": (recurring.read_every,),
    "freq": (recurring.read_frequency,),
    "once": (recurring.read_once,),
    "twice": (recurring.read_once,),
    "this": (dates.read_which,),
    "next": (dates.read_which,),
    "coming": (dates.read_which,),
    "from": (_from,),
    "until": (_until,),
    "to": (_until,),
    "between": (recurring.read_hours, _between),
    "for": (recurring.read_for,),
    "except": (recurring.read_except,),
    "up": (_up,),
    "after": (counted.read_after,),
    "before": (counted.read_before,),
    "when": (recurring.read_done,),
    "end": (dates.read_edge,),
    "begin": (dates.read_edge,),
    "mid": (dates.read_edge,),
    "early": (_early, dates.read_edge),
    "late": (_early, dates.read_edge),
    "edge": (dates.read_edge_word,),
    "unit": (times.read_clock, dates.read_ordinals, counted.read_unit),
    "year": (_bracket_year,),
    "leap": (),
}  # fmt: skip
