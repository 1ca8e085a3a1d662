"""What the verbs that change tasks say: what was understood, what came of it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from remindcli.cli.output import Column, shown
from remindcli.cli.session import Session

if TYPE_CHECKING:
    from remindcli.actions import Edited, Moved, Understood
    from remindcli.store.asked import Closed, Snoozed
    from remindcli.store.journal import Step
    from remindcli.store.reading import Item


def in_a_line(session: Session, item: "Item") -> str:
    """Return what was understood of a task, in one line."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    parts = [records.name(item)]
    occurrence = item.occurrence
    repeats = records.repeats(item.task.rule, now=now, zone=zone)
    if occurrence is not None and occurrence.due_at is not None:
        says_hour = f"{occurrence.due_at.astimezone(zone):%H:%M}" in repeats
        due = records.moment_words(occurrence.due_at, is_all_day=occurrence.is_all_day or says_hour, now=now, zone=zone)
        away = records.away_words(occurrence, now=now, zone=zone)
        parts.append(f"{repeats}, next {due} ({away})" if repeats else f"{due} ({away})")
    elif occurrence is not None:
        parts.append("no time")
    task = item.task
    labels = records.labels(task.tags, task.list_name, task.priority)
    return "  ".join(parts + [shown(label) for label in labels])


def say_understood(session: Session, understood: "Understood") -> None:
    """Say what was written down, or would be; and beside it what the user may not expect of it."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    item = understood.item
    if item is None:
        _say_dry_run(session, understood)
    elif session.out.is_for_people:
        session.out.line(in_a_line(session, item))
    elif session.out.is_json:
        session.out.json(records.record(item, now=now, zone=zone))
    else:
        session.out.listed([records.record(item, now=now, zone=zone)], records.KEYS)
    if item is not None:
        _say_if_silent(session, item)
    for words in understood.when.notes if understood.when else ():
        session.out.note(f"note: {words}")
    if understood.hint:
        session.out.note(f"hint: {shown(understood.hint)}")


def _say_if_silent(session: Session, item: "Item") -> None:
    """Say that a task with a time will not ring then, and why."""
    has_time = item.occurrence is not None and item.occurrence.due_at is not None
    if has_time and item.rings_at is None and not item.task.is_silent:
        session.out.note("note: it will not ring: the time of its alert has passed")
    if words := _quiet_words(session, item):
        session.out.note(f"note: {words}")


def _quiet_words(session: Session, item: "Item") -> str:
    """Return in words that quiet hours keep the next alert of a task; "" if they do not."""
    windows = session.settings.by_day("quiet_hours")
    if not windows or item.rings_at is None:
        return ""
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core.quiet import passes, quiet_at  # noqa: PLC0415

    now, zone = session.now_and_zone()
    least = session.settings.text("quiet_passes")
    quiet = quiet_at(item.rings_at, windows, zone)
    least_priority = 0 if least == "none" else int(least[1:])
    if quiet is None or passes(priority=item.task.priority, least_priority=least_priority, asked_at=now, quiet=quiet):
        return ""
    at = records.moment_words(quiet.ends_at, is_all_day=False, now=now, zone=zone)
    return f"that is in your quiet hours: it rings {at}" + (
        f"; p{least_priority} rings at once" if least_priority else ""
    )


def _say_dry_run(session: Session, understood: "Understood") -> None:
    """Say what would be written, and when it would be due."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    new = understood.new
    is_all_day = bool(new.rule and new.rule.is_all_day)
    words = records.repeats(new.rule, now=now, zone=zone)
    if session.out.is_json:
        session.out.json(
            {
                "title": new.title,
                "read": understood.read,
                "rrule": new.rule.rrule if new.rule else None,
                "repeats": words,
                "is_all_day": is_all_day,
                "next": [records.iso(one.at, zone, is_all_day=is_all_day) for one in understood.coming],
            }
        )
        return
    if session.out.is_quiet:
        return
    session.out.line(f"would add  {shown(new.title)}" + (f"  {words}" if words else ""))
    for planned in understood.coming:
        due = records.next_words(planned.at, is_all_day=is_all_day, now=now, zone=zone)
        session.out.line(f"  {due}")


def say_closed(session: Session, how: str, closed: Sequence["Closed"]) -> None:
    """Say which occurrences were closed, and when each task comes back.

    Args:
        how: "done" or "skipped".
    """
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    if not session.out.is_for_people:
        rows = [
            {
                "id": one.task.id,
                "state": how,
                "title": one.task.title,
                "planned_for": one.occurrence.planned_for or None,
                "due": records.iso_due(one.occurrence, zone),
                "next_due": records.iso_due(one.following, zone),
            }
            for one in closed
        ]
        session.out.listed(rows, ("id", "state", "next_due", "title"))
        return
    for one in closed:
        line = f"{one.task.id}  {shown(one.task.title)}  {how}"
        if one.following is not None and one.following.due_at is not None:
            due = records.next_words(one.following.due_at, is_all_day=one.following.is_all_day, now=now, zone=zone)
            line += f", next {due}"
        session.out.line(line)


def say_items(session: Session, items: "Sequence[Item]", what: "Callable[[Item], str]") -> None:
    """Say what came of tasks.

    Args:
        what: what a person is told behind the title of each.
    """
    from remindcli.cli import records  # noqa: PLC0415

    if session.out.is_for_people:
        for item in items:
            session.out.line(f"{records.name(item)}  {what(item)}")
        return
    now, zone = session.now_and_zone()
    session.out.listed((records.record(item, now=now, zone=zone) for item in items), records.KEYS)


def say_snoozed(session: Session, snoozed: "Sequence[Snoozed]") -> None:
    """Say when tasks ring again."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    rings = {one.task.id: records.next_words(one.until, is_all_day=False, now=now, zone=zone) for one in snoozed}
    items = [session.store.item(one.task.id) for one in snoozed]
    say_items(session, items, lambda item: f"rings again {rings[item.task.id]}")


def say_moved(session: Session, items: "Sequence[Item]") -> None:
    """Say when tasks are due now."""
    say_items(session, items, lambda item: f"now due {due_words(session, item)}")


def say_as_understood(session: Session, items: "Sequence[Item]", notes: Sequence[str] = ()) -> None:
    """Say how tasks stand after a change, and what was decided where the words left room."""
    if session.out.is_for_people:
        for item in items:
            session.out.line(in_a_line(session, item))
        for line in notes:
            session.out.note(f"note: {line}")
    else:
        say_items(session, items, lambda _: "")


def say_edited(session: Session, edited: "Edited") -> None:
    """Say how tasks stand after an edit, and which occurrences it moved."""
    say_as_understood(session, edited.items, edited.notes)
    if session.out.is_for_people:
        for one in edited.moved:
            session.out.note(f"note: {moved_words(session, one)}")


def due_words(session: Session, item: "Item") -> str:
    """Return when a task is due now, and how far away that is; "no time" if it has none."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    occurrence = item.occurrence
    if occurrence is None or occurrence.due_at is None:
        return "no time"
    return records.next_words(occurrence.due_at, is_all_day=occurrence.is_all_day, now=now, zone=zone)


def moved_words(session: Session, moved: "Moved") -> str:
    """Return which occurrence of a series is due when now."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    was = records.due_words(moved.before, now=now, zone=zone)
    due = records.moment_words(moved.to.at, is_all_day=moved.to.is_all_day, now=now, zone=zone)
    return f"the one of {was} is due {due}; --series moves them all"


def list_steps(session: Session, steps: "Sequence[Step]") -> None:
    """List user actions, each with when it was made."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    if not session.out.is_for_people:
        rows = [
            {
                "at": records.iso(step.made_at, zone),
                "verb": step.verb,
                "summary": step.summary,
                "ids": list(step.task_ids),
            }
            for step in steps
        ]
        session.out.listed(rows, ("at", "verb", "summary"))
        return
    cells = [
        {
            "at": records.moment_words(step.made_at, is_all_day=False, now=now, zone=zone),
            "summary": shown(step.summary),
        }
        for step in steps
    ]
    session.out.tables((Column("at", "when", rank=1), Column("summary", "what", is_wide=True)), {"": cells})


def say_steps(session: Session, how: str, steps: "Sequence[Step]") -> None:
    """Say which user actions were taken back or made again, each in words."""
    rows = [{"step": how, "verb": step.verb, "summary": step.summary, "ids": list(step.task_ids)} for step in steps]
    if session.out.is_json:
        session.out.json(rows)
        return
    for step in steps:
        session.out.line(f"{how}: {shown(step.summary)}")
