"""A whole phrase into its parts, in any order: each token is handed to those who can read it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from remindcli.core.when import dates, recurring, shapes, times
from remindcli.core.when.draft import NUMBER, Draft, Every, MisreadError, Reader
from remindcli.core.when.spans import read_span

Reads = Callable[[Reader], bool]

_DATE_STARTS: Final = frozenset(
    {
        "the", "weekday", "workday", "weekend", "month", "num", "ord", "ymd", "dmy", "dm", "dot", "my", "ym", "yday",
        "isoweek", "compact", "dayname", "this", "next", "coming", "last", "a", "end", "begin", "mid", "edge", "name",
        "quarter", "clock", "penultimate", "every", "part", "unit", "at", "point", "vague", "half", "now",
    }
)  # fmt: skip
_SMALL: Final = frozenset(
    {"on", "at", "in", "of", "the", "due", "from", "until", "to", "for", "after", "before", "between", "this", "next"}
)
_AFTER_OF: Final = frozenset({"the", "month", "this", "next", "every", "unit", "num", "quarter", "last"})
_AFTER_THE: Final = frozenset(
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


def _of(r: Reader) -> bool:
    """Step over "of" between two parts; no phrase begins with it."""
    r.i += 1
    return r.i > 1 and r.kind() in _AFTER_OF


def _comma(r: Reader) -> bool:
    """Step over a comma between parts, or a mark at the end."""
    is_end = r.kind(1) == "end_of_text"
    if r.text() in {"?", ".", "!"}:
        r.i += 1
        return is_end and r.i > 1
    is_wanted = (r.text() in {",", "@"} and r.i > 0) or r.text() in {"@", "~"}
    r.i += 1
    return is_wanted and not is_end and r.text() not in {",", "@"}


def _at_sign(r: Reader) -> bool:
    return r.text() == "@" and times.read_at(r)


def nested(r: Reader) -> Draft:
    """Read one date, with its time, into a draft of its own (after from, until, before)."""
    outer, r.draft, r.is_within = r.draft, Draft(), True
    try:
        while r.kind() in {"on", "in", "at", "the"} and r.kind(1) != "num":
            r.i += 1
        if r.kind() in {"from", "until", "every", "freq", "for", "after", "before"}:
            raise r.stop()
        _read_one(r)
        if r.draft.weekdays and r.kind() in {"num", "ord"} and r.kind(1) == "month":
            _read_one(r)
        if r.draft.weekdays and (r.kind() == "month" or (r.text() == "," and r.kind(1) == "month")):
            r.take_text(",")
            _read_one(r)
        place = r.i
        r.take_text(",", "@")
        if r.kind() in {"at", "clock", "part"} and not (r.draft.times or r.draft.part):
            _read_one(r)
        else:
            r.i = place
        if r.draft.times and r.kind() in {"zone", "offset", "name"}:
            times.read_zone(r)
        return r.draft
    finally:
        r.draft, r.is_within = outer, False


def _from(r: Reader) -> bool:
    if r.draft.start is not None or recurring.read_done(r):
        return r.draft.is_completion
    if r.text() == "from" and recurring.read_hours(r):
        return True
    r.i += 1
    r.draft.start = nested(r)
    if r.kind() == "to":
        return _until(r)
    return True


def _until(r: Reader) -> bool:
    if r.draft.until is not None:
        raise r.stop("it says twice until when")
    r.i += 1
    r.take("up")
    r.draft.until = nested(r)
    return True


def _in(r: Reader) -> bool:
    """Read in 3 hours, in may, in the morning, in week 12, in 2027."""
    r.i += 1
    if r.take("on"):  # in about 5 hours
        r.take_text("~")
    span = read_span(r, is_month_known=True)
    if span is not None:
        r.take_text("'")
        r.take_text("time")
        return _keep_span(r, span)
    if r.kind() == "the" and r.kind(1) == "part":
        r.i += 1
        r.draft.is_part_running = False
        return times.read_part(r)
    if r.kind() == "num" and len(r.text()) < 4 and r.kind(1) == "end_of_text":
        raise r.stop(f"{r.text()} of what?", hint=f"in {r.text()} minutes")
    if r.kind() == "num" and len(r.text()) == 4 and r.draft.year is None:
        r.draft.year = r.token.value
        r.i += 1
        return True
    return r.kind() in {"month", "quarter", "this", "next", "the", "unit", "mid", "early", "late", "every", "ym", "my"}


def _keep_span(r: Reader, span: object) -> bool:
    from remindcli.core.when.draft import Span  # noqa: PLC0415

    assert isinstance(span, Span)
    if r.draft.span is not None:
        raise r.stop("there are two spans")
    r.draft.span = span
    r.draft.notes += span.notes
    return True


def _span(r: Reader) -> bool:
    """Read 3 hours from now, 2 weeks later, 2 days after friday, 3 days after done, 90m."""
    start = r.i
    if r.take_text("+"):
        r.take_text("+")
    is_marked = r.i > start
    span = read_span(r)
    if span is None:
        return _nth_weekday_from_now(r)
    if r.kind() in {"after", "from", "before"} or r.text() == "past":
        return _span_from(r, span)
    if r.take("later"):
        return _keep_span(r, span)
    if r.kind() == "gone":
        raise r.stop("that is past")
    if not is_marked:
        r.draft.weak = "a length of time may be text"
    return _keep_span(r, span)


def _nth_weekday_from_now(r: Reader) -> bool:
    """Read 3 fridays from now."""
    if r.kind() != "num" or r.kind(1) != "weekday" or r.text(2) != "from" or r.kind(3) != "now":
        return False
    ahead = (r.tokens[r.i + 1].value - r.local.weekday() - 1) % 7 + 1 + 7 * (r.token.value - 1)
    if not 0 < ahead < 4000:
        return False
    r.i += 4
    dates.set_day(r, r.local.date() + timedelta(ahead))
    return True


def _span_from(r: Reader, span: object) -> bool:
    from remindcli.core.when.draft import Span  # noqa: PLC0415

    assert isinstance(span, Span)
    if r.text() == "from" and r.kind(1) in {"now", "dayname"} and r.text(1) in {"now", "today"}:
        r.i += 2
        return _keep_span(r, span)
    place = r.i
    if r.kind() != "before" and recurring.read_done(r):
        if span.workdays or span.weekends:
            raise r.stop("working days cannot be counted so")
        interval, unit = recurring.interval_of(r, span)
        return recurring.set_every(r, interval, unit)
    r.i = place
    if r.text() not in {"after", "from", "before", "past"} or r.draft.anchor is not None:
        return False
    sign = -1 if r.text() == "before" else 1
    r.i += 1
    r.draft.anchor = (sign, span, nested(r))
    return True


def _after(r: Reader) -> bool:
    """Read after 10 days (Todoist: counted from when it is done), after an hour, after 4pm."""
    if recurring.read_done(r):
        return True
    r.i += 1
    place = r.i
    span = read_span(r)
    if span is not None:
        if span.is_exact and span.days + span.months and not span.seconds and not span.workdays:
            r.draft.is_completion = True
            r.draft.notes.append("counted anew from each time it is done; once would be: in …")
            interval, unit = recurring.interval_of(r, span)
            return recurring.set_every(r, interval, unit)
        return _keep_span(r, span)
    r.i = place
    if r.kind() == "clock":
        r.draft.notes.append('"after" is read as "at"')
        return times.read_clock(r)
    return False


def _before(r: Reader) -> bool:
    r.i += 1
    if r.kind() != "clock" or not r.draft.has_date():
        return False
    r.draft.notes.append('"before" is read as "at"')
    return times.read_clock(r)


def _unit(r: Reader) -> bool:
    """Read day after tomorrow, week 12, of the month."""
    unit = r.token.value
    if r.text().endswith("s") or len(r.text()) == 1:
        return False
    before = r.tokens[r.i - 1].kind if r.i else ""
    r.i += 1
    is_day_number = unit == "day" and r.kind() == "num" and (r.draft.every is not None or r.kind(1) == "of")
    if is_day_number and 1 <= r.token.value <= 31 and not r.draft.mdays:
        r.draft.mdays = (int(r.token.value),)
        r.i += 1
        return True
    if unit == "week" and r.kind() == "num" and isinstance(r.token.value, int) and 1 <= r.token.value <= 53:
        r.draft.week = r.token.value
        r.i += 1
        return True
    if r.kind() in {"after", "before"}:
        from remindcli.core.when.draft import Span  # noqa: PLC0415
        from remindcli.core.when.spans import add  # noqa: PLC0415

        span = Span(unit=unit, count=1, is_exact=False)
        return add(span, 1, unit) and _span_from(r, span)
    is_calendar = unit in {"week", "month", "quarter", "year"}
    if is_calendar and before == "the" and r.i > 2 and r.tokens[r.i - 3].kind in {"of", "in"} and not r.draft.period:
        r.draft.period = (unit, 0)
        return True
    return False


def _number(r: Reader) -> bool:
    """Read a day of the month alone, 27, or 9 to 17 of an hourly rule."""
    every = r.draft.every
    if every is not None and every.unit in {"hour", "minute"} and recurring.read_hours(r):
        return True
    is_alone = r.i == 0 and r.kind(1) in {"end_of_text", "at", "clock"}
    number = r.token.value
    before = r.tokens[r.i - 1].kind if r.i else ""
    if every is not None and r.kind(1) not in {"unit", "times"} and before in {"on", "the"}:
        is_alone = True
    if before == "weekday" and not r.draft.ords and r.kind(1) in {"end_of_text", "at", "clock", "part", "point"}:
        is_alone = True  # friday 27, said of the 27th
    if r.kind(1) == "of" and r.kind(2) in {"the", "this", "next", "every"}:
        is_alone = True  # 20 of next month
    if not is_alone or not isinstance(number, int) or r.token.is_spelled or not 1 <= number <= 31 or r.draft.mdays:
        return False
    if r.draft.every is None:
        r.draft.weak = NUMBER
    r.draft.mdays = (number,)
    r.i += 1
    return True


def _last(r: Reader) -> bool:
    if r.draft.every is None and r.kind(1) == "unit" and r.tokens[r.i + 1].value != "day":
        raise r.stop("that is past")
    return dates.read_ordinals(r)


def _now(r: Reader) -> bool:
    r.draft.is_now = True
    r.i += 1
    return True


def _shift(r: Reader) -> bool:
    """Read friday + 10 days, now+1h, 2026-12-29 -10 days."""
    sign = {"+": 1, "-": -1}.get(r.text(), 0)
    draft = r.draft
    if not sign or draft.shift is not None or not (draft.has_date() or draft.is_now):
        return False
    r.i += 1
    span = read_span(r)
    if span is None:
        return False
    draft.shift = (sign, span)
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


def _strictly(r: Reader) -> bool:
    r.draft.is_strict = True
    r.i += 1
    return True


def _early(r: Reader) -> bool:
    """Step over "early" and "late" before a part of the day: the part's own time is meant."""
    r.i += 1
    if r.kind() == "in" and r.kind(1) == "the" and r.kind(2) == "part":
        return True
    return r.kind() == "part"


def _up(r: Reader) -> bool:
    r.i += 1
    return recurring.read_times(r)


_READERS: Final[dict[str, tuple[Reads, ...]]] = {
    "on": (_follow(_DATE_STARTS),),
    "due": (_follow(_DATE_STARTS | {"on", "in", "dayname", "due"}),),
    "during": (_follow(frozenset({"the", "next", "this", "weekend", "early", "late", "month"})),),
    "at": (times.read_at, _follow(frozenset({"the", "begin", "end"}))),
    "of": (_of,),
    "the": (_follow(_AFTER_THE),),
    "in": (_in,),
    "point": (_at_sign, _shift, _comma, _span),
    "dayname": (dates.read_day_name,),
    "now": (_now,),
    "weekday": (_plural_every,),
    "workday": (_plural_every,),
    "weekend": (_plural_every,),
    "month": (dates.read_month,),
    "num": (
                dates.read_day_of_month,
        dates.read_year,
        recurring.read_times,
        times.read_clock,
        _span,
 _number,
    ),
    "ord": (dates.read_day_of_month, dates.read_ordinals),
    "last": (_last,),
    "penultimate": (dates.read_ordinals,),
    "vague": (_span,),
    "a": (times.read_clock, _span),
    "half": (times.read_clock, _span),
    "glue": (_span,),
    "isospan": (_span,),
    "ymd": (shapes.read_ymd,),
    "dmy": (shapes.read_two_orders,),
    "dm": (shapes.read_two_orders,),
    "dot": (times.read_clock, shapes.read_dotted),
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
    "name": (dates.read_named_day, times.read_zone, recurring.refuse_two_meanings),
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
    "between": (recurring.read_hours,),
    "for": (recurring.read_for,),
    "up": (_up,),
    "after": (_after,),
    "before": (_before,),
    "when": (recurring.read_done,),
    "end": (dates.read_edge,),
    "begin": (dates.read_edge,),
    "mid": (dates.read_edge,),
    "early": (_early, dates.read_edge),
    "late": (_early, dates.read_edge),
    "edge": (dates.read_edge_word,),
    "unit": (times.read_clock, dates.read_ordinals, _unit),
    "year": (_bracket_year,),
    "leap": (),
}  # fmt: skip

__all__ = ["MisreadError", "nested", "read_phrase"]
