"""One date within a phrase: after from, until, before."""

from remindcli.core.when import times
from remindcli.core.when.draft import Draft, Reader


def nested(r: Reader) -> Draft:
    """Read one date, with its time, into a draft of its own (after from, until, before)."""
    outer, r.draft, r.is_within = r.draft, Draft(), True
    try:
        while r.kind() in {"on", "in", "at", "the"} and r.kind(1) != "num":
            r.i += 1
        if r.kind() in {"from", "until", "every", "freq", "for", "after", "before"}:
            raise r.stop()
        r.read_one(r)
        if r.draft.weekdays and r.kind() in {"num", "ord"} and r.kind(1) == "month":
            r.read_one(r)
        if r.draft.weekdays and (r.kind() == "month" or (r.text() == "," and r.kind(1) == "month")):
            r.take_text(",")
            r.read_one(r)
        place = r.i
        r.take_text(",", "@")
        if r.kind() in {"at", "clock", "part"} and not (r.draft.times or r.draft.part):
            r.read_one(r)
        else:
            r.i = place
        if r.draft.times and r.kind() in {"zone", "offset", "name"}:
            times.read_zone(r)
        return r.draft
    finally:
        r.draft, r.is_within = outer, False
