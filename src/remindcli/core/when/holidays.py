"""Days by their names as typed: christmas eve, easter, thanksgiving."""

from remindcli.core.when.draft import Draft, Reader, Span
from remindcli.core.when.named import FROM_EASTER, FROM_THANKSGIVING, NTH_WEEKDAYS


def read_named_day(r: Reader) -> bool:
    """Read a day that the settings name: christmas eve."""
    for length in (3, 2, 1):
        words = [token for token in r.tokens[r.i : r.i + length] if token.text]
        name = " ".join(token.text for token in words)
        if len(words) == length and _keep_named(r, name):
            r.i += length
            if r.draft.anchor is not None and r.kind() == "num" and len(r.text()) == 4:  # cyber monday 2027
                r.draft.anchor[2].year = r.token.value
                r.i += 1
            return True
    return False


def _keep_named(r: Reader, name: str) -> bool:
    """Keep the day of that name; return whether there is one."""
    draft, names = r.draft, r.options.named_days
    if not any(name in each for each in (names, NTH_WEEKDAYS, FROM_EASTER, FROM_THANKSGIVING)):
        return False
    if draft.months or draft.mdays or draft.easter or draft.anchor:
        raise r.stop("there are two dates")
    if name in names:
        month, day = names[name]
        draft.months, draft.mdays = (month,), (day,)
    elif name in NTH_WEEKDAYS:
        month, which, weekday = NTH_WEEKDAYS[name]
        if draft.weekdays:
            raise r.stop("there are two dates")
        draft.months, draft.ords, draft.weekdays = (month,), (which,), (weekday,)
        if not name.startswith("canadian"):
            draft.notes.append(f"{name} is read as the one of the United States")
    elif name in FROM_THANKSGIVING:
        month, which, weekday = NTH_WEEKDAYS["thanksgiving"]
        thanksgiving = Draft(months=(month,), ords=(which,), weekdays=(weekday,))
        draft.anchor = (1, Span(days=FROM_THANKSGIVING[name], unit="day"), thanksgiving)
    else:
        draft.easter = (FROM_EASTER[name],)
    return True
