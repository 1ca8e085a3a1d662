"""iCalendar files: what others wrote comes in, what goes out comes in again, and nothing in a file can do harm."""

import json
import textwrap
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cli.conftest import Remind, Said, rows
from tests.cli.living import live_until
from tests.conftest import FakeChannel

from remindcli.errors import RemindError
from remindcli.exchange import calendar_file, calendar_reading
from remindcli.exchange.calendar_times import Here

HERE = Here(datetime(2026, 11, 24, 8, tzinfo=UTC), ZoneInfo("Europe/Berlin"), time(9))


def calendar(*components: str) -> str:
    """Return a file with these components; a line each."""
    body = "\n".join(textwrap.dedent(one).strip() for one in components)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{body}\nEND:VCALENDAR\n".replace("\n", "\r\n")


def todo(*lines: str, kind: str = "VTODO") -> str:
    """Return a component with these lines."""
    return "\n".join([f"BEGIN:{kind}", "UID:a@example.org", "SUMMARY:call bob", *lines, f"END:{kind}"])


def alarm(trigger: str, action: str = "DISPLAY") -> str:
    return f"BEGIN:VALARM\nACTION:{action}\nTRIGGER{trigger}\nEND:VALARM"


def brought(remind: Remind, text: str, words: str = "") -> Said:
    """Import a file."""
    remind.db.parent.mkdir(parents=True, exist_ok=True)
    (remind.db.parent / "t.ics").write_bytes(text.encode())
    return remind(f"import t.ics {words}")


def task(remind: Remind) -> dict[str, object]:
    """Return the only task, as JSON."""
    [found] = json.loads(remind.out("list --json not is:deleted"))
    assert isinstance(found, dict)
    return found


def test_what_goes_out_comes_in_again(remind: Remind, tmp_path: Path) -> None:
    remind.out("add call bob tomorrow 5pm +work @office p1 -a 1d -a 0 --note", "a; b, c\nanother \u201cline\u201d \\n")
    remind.out("add pay rent every month on the 31st 9am --tz America/New_York --nag=10m")
    remind.out("add water the plants 3 days after done +home +green p3")
    remind.out("add stand up every weekday 10am --catch-up all --count 9")
    remind.out("add file taxes friday -a 0 -a", "6pm the day before")
    remind.out("add look up every 3h")
    remind.out("add silent monday 9am p2 -a none")
    remind.out("add read a book")
    remind.out("done 4 4")
    remind.out("move 4 thursday 11am")
    remind.out("move 1 friday 3pm")
    remind.out("pause 2")
    text = remind.out("export --ics")
    other = Remind(tmp_path / "other")
    other.clock = remind.clock
    assert brought(other, text).out == "imported 8 tasks\n"

    own = {
        "modified_at",
        "created_at",
        "planned_for",
        "dtstart",
        "rrule",
        "repeats",
    }  # a series goes on from where it is

    def seen(one: Remind) -> list[dict[str, object]]:
        every = json.loads(one.out("list --json --sort id"))
        return [{key: value for key, value in found.items() if key not in own} for found in every]

    assert seen(other) == seen(remind)
    assert other.out("export --ics") == text
    for one in ("1", "2", "4", "6"):
        assert (
            json.loads(other.out(f"show {one} --json"))["next"] == json.loads(remind.out(f"show {one} --json"))["next"]
        )


def test_what_goes_out_is_what_rfc_5545_wants(remind: Remind) -> None:
    remind.out("add --tz Europe/Berlin -e 'every day 9am until dec 20'", "ring \x1b[31m; now, or\\never")
    remind.out("add read a book")
    remind.out("done 2")
    text = remind.out("export --ics is:done or not is:done")
    assert text.count("\r\n") == text.count("\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = icalendar.Calendar.from_ical(text)
    assert [zone["TZID"] for zone in read.walk("VTIMEZONE")] == ["Europe/Berlin"]
    first, second = read.walk("VTODO")
    assert str(first["SUMMARY"]) == "ring  [31m; now, or\\never"
    assert first["DUE"].dt == datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert "UNTIL=20261220T225959Z" in first["RRULE"].to_ical().decode()
    assert second["STATUS"] == "COMPLETED"


@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_commands_and_channels_do_not_go_out(remind: Remind) -> None:
    remind.out("add back up today --channel terminal --here --run", "rm -rf /")
    text = remind.out("export --ics")
    assert "rm -rf" not in text
    assert "terminal" not in text
    assert str(remind.db.parent) not in text


@pytest.mark.parametrize(
    ("lines", "due", "repeats"),
    [
        (["DUE:20261126T100000"], "2026-11-26T10:00:00+01:00", ""),
        (["DUE:20261126T100000Z"], "2026-11-26T11:00:00+01:00", ""),
        (["DUE;TZID=America/New_York:20261126T100000"], "2026-11-26T16:00:00+01:00", ""),
        (['DUE;TZID="Eastern Standard Time":20261126T100000'], "2026-11-26T16:00:00+01:00", ""),
        (["DUE;TZID=/mozilla.org/20050126_1/Europe/Paris:20261126T100000"], "2026-11-26T10:00:00+01:00", ""),
        (["DUE;VALUE=DATE:20261126"], "2026-11-26", ""),
        (["DUE;VALUE=DATE:20261120"], "2026-11-20", ""),
        (["DTSTART:20261126T100000"], "2026-11-26T10:00:00+01:00", ""),
        (["DTSTART:20261126T100000", "DURATION:PT2H"], "2026-11-26T12:00:00+01:00", ""),
        ([], "", ""),
        (
            ["DTSTART:20261126T100000", "DUE:20261126T100000", "RRULE:FREQ=DAILY"],
            "2026-11-26T10:00:00+01:00",
            "every day",
        ),
        (
            ["DTSTART:20261126T100000", "DUE:20261126T170000", "RRULE:FREQ=WEEKLY;BYDAY=TH"],
            "2026-11-26T17:00:00+01:00",
            "every Thu at 17:00",
        ),
        (
            ["DTSTART;VALUE=DATE:20261126", "DUE;VALUE=DATE:20261127", "RRULE:FREQ=DAILY;INTERVAL=2", "EXDATE:"],
            "2026-11-27",
            "every 2 days",
        ),
        (
            ["DTSTART;VALUE=DATE:20261126", "DUE;VALUE=DATE:20261127", "RRULE:FREQ=WEEKLY;BYDAY=TH"],
            "2026-11-26",
            "every Thu",
        ),
        (["DUE;VALUE=DATE:20261126", "RRULE:FREQ=YEARLY"], "2026-11-26", "every year"),
        (
            ["DTSTART:20261126T100000", "RRULE:FREQ=DAILY", "EXDATE:20261126T100000,20261127T100000"],
            "2026-11-28T10:00:00+01:00",
            "every day at 10:00 from Thu 26 Nov 2026, not on Thu 26 Nov and Fri 27 Nov",
        ),
    ],
)
def test_a_to_do_of_others_is_due_when_it_is(remind: Remind, lines: list[str], due: str, repeats: str) -> None:
    assert brought(remind, calendar(todo(*lines))).out == "imported 1 task\n"
    [row] = rows(remind.out("list"))
    assert (row[1], row[3]) == (due, "call bob")
    assert row[4].startswith(repeats)
    assert bool(row[4]) == bool(repeats)


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        (["DTSTART:20261126T100000", "DTEND:20261126T110000"], "2026-11-26T10:00:00+01:00"),
        (["DTSTART:20260105T100000", "RRULE:FREQ=WEEKLY"], "2026-11-30T10:00:00+01:00"),
        (["DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261125"], "2026-11-24"),
        (["DTSTART:20261123T100000"], None),
        (["DTSTART:20260105T100000", "RRULE:FREQ=DAILY;COUNT=3"], None),
        (["DTSTART:20261126T100000", "STATUS:CANCELLED"], None),
    ],
)
def test_an_event_comes_in_at_its_next_time_and_not_when_it_is_over(
    remind: Remind, lines: list[str], due: str | None
) -> None:
    count = "1 task" if due else "0 tasks"
    assert brought(remind, calendar(todo(*lines, kind="VEVENT"))).out == f"imported {count}\n"
    assert [row[1] for row in rows(remind.out("list"))] == ([due] if due else [])


@pytest.mark.parametrize(
    ("time_line", "alarms", "expected"),
    [
        ("DUE:20261126T100000", [alarm(":-PT15M")], ([-900], [])),
        ("DUE:20261126T100000", [alarm(";RELATED=END:-P1D"), alarm(":PT0S")], ([-86400, 0], [])),
        ("DUE:20261126T100000", [alarm(";VALUE=DATE-TIME:20261126T080000Z")], ([-3600], [])),
        ("DUE:20261126T100000", [alarm(":19760401T005545Z", "NONE")], ([], [])),
        ("DTSTART:20261126T080000\nDUE:20261126T100000", [alarm(":-PT1H")], ([-10800], [])),
        ("DUE;VALUE=DATE:20261126", [alarm(":PT9H")], ([0], [])),
        ("DUE;VALUE=DATE:20261126", [alarm(":-PT6H")], ([], [[1, "18:00"]])),
        ("DUE:20261126T100000", [], ([0], [])),
        ("DUE:20261126T100000", [alarm(":-P30000D")], ([], [])),
    ],
)
def test_alarms_are_alerts(
    remind: Remind, time_line: str, alarms: list[str], expected: tuple[list[int], list[list[object]]]
) -> None:
    brought(remind, calendar(todo(time_line, *alarms)))
    found = json.loads(remind.out("export"))
    assert (found["alerts"], found["day_alerts"]) == expected


def test_words_of_others_fit(remind: Remind) -> None:
    lines = [
        "CATEGORIES:Family Stuff,x\\,y",
        "CATEGORIES:x",
        "PRIORITY:3",
        "DESCRIPTION:first\\nsecond\\, with a comma",
        "LOCATION:Room 5",
        "CREATED:20260101T100000Z",
    ]
    brought(remind, calendar(todo(*lines)))
    found = task(remind)
    assert found["tags"] == ["Family-Stuff", "x", "x-y"]
    assert (found["priority"], found["note"]) == (1, "first\nsecond, with a comma\nwhere: Room 5")
    assert found["created_at"] == "2026-01-01T11:00:00+01:00"


def test_what_is_done_is_done_and_single_times_that_were_done_moved_or_left_out_are_so(remind: Remind) -> None:
    series = ["DTSTART:20261120T100000", "DUE:20261120T100000", "RRULE:FREQ=DAILY;COUNT=10"]

    def at(day: int, *lines: str) -> str:
        return todo(f"RECURRENCE-ID:202611{day}T100000", *lines)

    text = calendar(
        todo(*series),
        at(20, "STATUS:COMPLETED"),
        at(21, "COMPLETED:20261121T100000Z"),
        at(22, "STATUS:CANCELLED"),
        at(23, "DUE:20261125T120000"),
        at(26, "DUE:20261126T180000"),
        at(27, "STATUS:CANCELLED"),
        "BEGIN:VTODO\nUID:b\nSUMMARY:old\nSTATUS:COMPLETED\nEND:VTODO",
    )
    assert brought(remind, text).out == "imported 2 tasks\n"
    [row] = rows(remind.out("list"))
    assert row[1] == "2026-11-25T12:00:00+01:00"
    coming = json.loads(remind.out("show 1 --json"))["next"]
    days = ("24T10:00", "25T10:00", "25T12:00", "26T18:00", "28T10:00")
    assert [one[:16] for one in coming] == [f"2026-11-{day}" for day in days]
    assert "moved" in remind.screen("show 1")
    assert rows(remind.out("list is:done"))[0][3] == "old"


def test_an_import_can_be_repeated_and_is_undone_in_one_step(remind: Remind) -> None:
    text = calendar(todo("DUE:20261126T100000"), "BEGIN:VTODO\nSUMMARY:without an identity\nEND:VTODO")
    assert brought(remind, text).out == "imported 2 tasks\n"
    assert brought(remind, text).out == "imported 0 tasks; 2 tasks were there already\n"
    remind.out("undo")
    assert remind.out("list") == ""


def test_what_came_in_rings(remind: Remind) -> None:
    event = todo("DTSTART;TZID=Europe/Berlin:20261101T100000", "RRULE:FREQ=DAILY", alarm(":-PT10M"), kind="VEVENT")
    brought(remind, calendar(event))
    told = live_until(remind, FakeChannel(remind.clock), "2026-11-25 12:00")
    assert [remind.clock.wall(one.at) for one in told] == ["2026-11-24 09:50", "2026-11-25 09:50"]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["DUE;TZID=Europe:20261126T100000"], "can't find the time zone Europe"),
        (["DUE;TZID=../../etc/passwd:20261126T100000"], "can't find the time zone ../../etc/passwd"),
        (['DUE;TZID="UTC RRULE:FREQ=DAILY":20261126T100000'], "there is no zone"),
        (["DUE:tomorrow"], "can't read DUE tomorrow"),
        (["DUE:20261126T100000", "RRULE:FREQ=NEVER"], "can't read FREQ=NEVER"),
        (["DUE:20261126T100000", "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY"], "it has two rules"),
        (
            ["DUE:20261126T100000", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
            "can't use FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        ),
        (["DTSTART:20261126T100000", "DURATION:P99999999999D"], "it can't be read"),
        (["DUE:20261126T100000", alarm(":-soon")], "can't read TRIGGER -SOON"),
        (["DUE:20261126T100000", *(alarm(f":-PT{n}M") for n in range(101))], "it has more than 100 alarms"),
        (["DESCRIPTION:" + "x" * 200_000], "the note has 200,000 characters"),
    ],
)
def test_one_that_can_not_be_used_is_named_and_the_others_come_in_where_that_is_asked_for(
    remind: Remind, lines: list[str], what: str
) -> None:
    text = calendar("BEGIN:VTODO\nUID:b\nSUMMARY:good\nEND:VTODO", todo(*lines))
    said = brought(remind, text)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f'error: to-do "call bob": {what}')
    assert "--partial" in said.err
    assert remind.out("list") == ""
    said = brought(remind, text, "--partial")
    assert (said.status, said.out) == (0, "imported 1 task\n")
    assert said.err.startswith(f'left out: to-do "call bob": {what}')
    assert rows(remind.out("list"))[0][3] == "good"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\n", "the calendar ends in the middle"),
        ("BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VEVENT\nEND:VCALENDAR\n", "END:VEVENT ends nothing that has begun"),
        ("BEGIN:VCALENDAR\nno line of one\nEND:VCALENDAR\n", "is no line of one"),
        ("BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 100_000, "more than 8 components in each other"),
        ("BEGIN:VCALENDAR\n\x1b[31m:x\nEND:VCALENDAR\n", "is no line of one"),
    ],
)
@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_a_file_that_is_no_calendar_is_refused(remind: Remind, text: str, what: str) -> None:
    for words in ("", "--partial"):
        said = brought(remind, text, words)
        assert (said.status, said.out) == (2, "")
        assert what in said.err
        assert "\x1b" not in said.err


@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_nothing_in_a_file_runs_or_reaches_out(remind: Remind) -> None:
    program = (
        "BEGIN:VALARM\nACTION:PROCEDURE\nATTACH;FMTTYPE=application/x-sh:file:///bin/sh\nTRIGGER:-PT5M\nEND:VALARM"
    )
    own = ["X-REMINDCLI-RUN:rm -rf /", "X-REMINDCLI-CHANNELS:terminal", "X-REMINDCLI-HERE:/", "URL:http://example.org"]
    brought(remind, calendar(todo("DUE:20261126T100000", *own, program)))
    found = task(remind)
    assert [found[name] for name in ("run", "if", "until_ok", "folder", "here", "channels")] == [None] * 5 + [[]]
    assert "example.org" not in json.dumps(found)


LINES = calendar(
    todo("DTSTART;TZID=Europe/Berlin:20261126T100000", "DUE;TZID=Europe/Berlin:20261126T110000", "RRULE:FREQ=DAILY",
         "EXDATE;TZID=Europe/Berlin:20261127T100000", alarm(";RELATED=START:-PT15M")),
    todo("RECURRENCE-ID;TZID=Europe/Berlin:20261128T100000", "DUE;TZID=Europe/Berlin:20261128T120000"),
).split("\r\n")  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1),
            st.integers(0, 40),
            st.one_of(
                st.text(max_size=12),
                st.sampled_from(
                    ["-P9999999999W", "99991231T235959Z", "00010101", "TZID=Europe", "FREQ=SECONDLY", ";", ":", '"']
                ),
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_stands_in_a_file_is_tasks_or_a_clear_error(edits: list[tuple[int, int, str]]) -> None:
    lines = list(LINES)
    for number, place, text in edits:
        lines[number] = lines[number][:place] + text + lines[number][place:]
    try:
        every = [calendar_reading.read(entry, HERE) for entry in calendar_file.entries("\r\n".join(lines))]
    except RemindError:
        return
    assert all(one is None or one.title for one in every)
