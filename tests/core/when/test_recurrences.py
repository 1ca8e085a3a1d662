"""Recurrences: the rule, and its first time after the asking."""

from zoneinfo import ZoneInfo

import pytest

from remindcli.core.recurrence import canonical, first, resolve

BERLIN = ZoneInfo("Europe/Berlin")

OFTEN = [
    ("every quarter hour", "Wed 2026-11-25 10:15 Europe/Berlin FREQ=MINUTELY;INTERVAL=15"),
    ("every day", "Thu 2026-11-26 FREQ=DAILY"),
    ("everyday", "Thu 2026-11-26 FREQ=DAILY"),
    ("daily", "Thu 2026-11-26 FREQ=DAILY"),
    ("each day", "Thu 2026-11-26 FREQ=DAILY"),
    ("every week", "Wed 2026-12-02 FREQ=WEEKLY"),
    ("weekly", "Wed 2026-12-02 FREQ=WEEKLY"),
    ("every other week", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2"),
    ("every second week", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2"),
    ("every fortnight", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2"),
    ("biweekly", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2"),
    ("every 2 weeks", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2"),
    ("every month", "Fri 2026-12-25 FREQ=MONTHLY"),
    ("every month at 9am", "Fri 2026-12-25 09:00 FREQ=MONTHLY"),
    ("every other month", "Mon 2027-01-25 FREQ=MONTHLY;INTERVAL=2"),
    ("every quarter", "Thu 2027-02-25 FREQ=MONTHLY;INTERVAL=3"),
    ("quarterly", "Thu 2027-02-25 FREQ=MONTHLY;INTERVAL=3"),
    ("every half year", "Tue 2027-05-25 FREQ=MONTHLY;INTERVAL=6"),
    ("every 6 months", "Tue 2027-05-25 FREQ=MONTHLY;INTERVAL=6"),
    ("every year", "Thu 2027-11-25 FREQ=YEARLY"),
    ("annually", "Thu 2027-11-25 FREQ=YEARLY"),
    ("every other year", "Sat 2028-11-25 FREQ=YEARLY;INTERVAL=2"),
    ("every 3 days", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3"),
    ("every three days", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3"),
    ("every 3rd day", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3"),
    ("once a week", "Wed 2026-12-02 FREQ=WEEKLY"),
    ("once every 3 days", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3"),
    ("once a month on the 3rd", "Thu 2026-12-03 FREQ=MONTHLY;BYMONTHDAY=3"),
    ("every couple of weeks", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2"),
    ("every weekday", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every workday", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every working day at 9", "Thu 2026-11-26 09:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every weekend", "Sat 2026-11-28 FREQ=WEEKLY;BYDAY=SA"),
    ("weekends", "Sat 2026-11-28 FREQ=WEEKLY;BYDAY=SA,SU"),
    ("on weekends at 10am", "Sat 2026-11-28 10:00 FREQ=WEEKLY;BYDAY=SA,SU"),
    ("every 2 mondays", "Mon 2026-11-30 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ("ev day", "Thu 2026-11-26 FREQ=DAILY"),
    ("every leap day", "Tue 2028-02-29 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
]

ON_WEEKDAYS = [
    ("every day except sunday", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA"),
    ("every day but sat and sun at 9", "Thu 2026-11-26 09:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every weekday except friday", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
    ("every week day", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("weekend mornings", "Sat 2026-11-28 09:00 FREQ=WEEKLY;BYDAY=SA,SU"),
    ("bi-weekly on fri", "Fri 2026-11-27 FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("every monday", "Mon 2026-11-30 FREQ=WEEKLY;BYDAY=MO"),
    ("every mon, fri", "Fri 2026-11-27 FREQ=WEEKLY;BYDAY=MO,FR"),
    ("every mon wed fri", "Fri 2026-11-27 FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ("every mon/wed/fri", "Fri 2026-11-27 FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ("every mon and thu", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TH"),
    ("every monday and on thursday", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TH"),
    ("every tuesday and every thursday", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=TU,TH"),
    ("each tue & thu", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=TU,TH"),
    ("every mon-fri", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every mon to thu", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
    ("every sat through tue", "Sat 2026-11-28 FREQ=WEEKLY;BYDAY=MO,TU,SA,SU"),
    ("mondays", "Mon 2026-11-30 FREQ=WEEKLY;BYDAY=MO"),
    ("mondays and thursdays", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TH"),
    ("on fridays", "Fri 2026-11-27 FREQ=WEEKLY;BYDAY=FR"),
    ("weekly on wed", "Wed 2026-12-02 FREQ=WEEKLY;BYDAY=WE"),
    ("every week on mon and thu", "Thu 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TH"),
    ("every 2 weeks on friday", "Fri 2026-11-27 FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("every other tuesday", "Tue 2026-12-01 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
    ("every 3 weeks on mon-wed", "Mon 2026-11-30 FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,WE"),
    ("every monday in june", "Mon 2027-06-07 FREQ=YEARLY;BYMONTH=6;BYDAY=MO"),
    ("every day in december", "Tue 2026-12-01 FREQ=DAILY;BYMONTH=12"),
    ("every monday morning", "Mon 2026-11-30 09:00 FREQ=WEEKLY;BYDAY=MO"),
    ("monday mornings", "Mon 2026-11-30 09:00 FREQ=WEEKLY;BYDAY=MO"),
    ("friday evenings at 8", "Fri 2026-11-27 20:00 FREQ=WEEKLY;BYDAY=FR"),
]

ON_MONTH_DAYS = [
    ("every month on the 1st", "Tue 2026-12-01 FREQ=MONTHLY;BYMONTHDAY=1"),
    ("every month on the 31st", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    ("every month on the 30th", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    ("every month on the 29th", "Sun 2026-11-29 FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"),
    ("every month strictly on the 31st", "Thu 2026-12-31 FREQ=MONTHLY;BYMONTHDAY=31"),
    ("every month on the 1st and 15th", "Tue 2026-12-01 FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ("every month on the 15th and last day", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1,15"),
    ("every month on the 15th and 31st", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=15,28,29,30,31;BYSETPOS=-1,1"),
    ("every 10th, 20th and 30th", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=10,20,28,29,30;BYSETPOS=-1,1,2"),
    ("monthly on the last day", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("every month on the 2nd last day", "Sun 2026-11-29 FREQ=MONTHLY;BYMONTHDAY=-2"),
    ("every last day", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("every 15th", "Tue 2026-12-15 FREQ=MONTHLY;BYMONTHDAY=15"),
    ("every 15th day", "Tue 2026-12-15 FREQ=MONTHLY;BYMONTHDAY=15"),
    ("every 15th of the month", "Tue 2026-12-15 FREQ=MONTHLY;BYMONTHDAY=15"),
    ("every 15th and last", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1,15"),
    ("every 2, 15, 27", "Fri 2026-11-27 FREQ=MONTHLY;BYMONTHDAY=2,15,27"),
    ("every month on day 15", "Tue 2026-12-15 FREQ=MONTHLY;BYMONTHDAY=15"),
    ("the 4th of every month", "Fri 2026-12-04 FREQ=MONTHLY;BYMONTHDAY=4"),
    ("4th of every 3 months", "Fri 2026-12-04 FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=4"),
    ("every 3rd month on the 4th", "Fri 2026-12-04 FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=4"),
    ("end of each month", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("every month at the end", "Mon 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("beginning of every month", "Tue 2026-12-01 FREQ=MONTHLY;BYMONTHDAY=1"),
    ("every other month on the 15th and last day", "Mon 2026-11-30 FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1,15"),
    ("every quarter on the 15th", "Tue 2026-12-15 FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15"),
    ("first day of every quarter", "Fri 2027-01-01 FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1"),
    ("last day of every quarter", "Thu 2026-12-31 FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    ("every friday the 13th", "Fri 2027-08-13 FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR"),
]

ON_NTH = [
    ("every second last friday", "Fri 2026-12-18 FREQ=MONTHLY;BYDAY=-2FR"),
    ("every 3rd friday", "Fri 2026-12-18 FREQ=MONTHLY;BYDAY=3FR"),
    ("every third friday", "Fri 2026-12-18 FREQ=MONTHLY;BYDAY=3FR"),
    ("every first monday of the month", "Mon 2026-12-07 FREQ=MONTHLY;BYDAY=1MO"),
    ("first friday of every month", "Fri 2026-12-04 FREQ=MONTHLY;BYDAY=1FR"),
    ("first friday of every other month", "Fri 2026-12-04 FREQ=MONTHLY;INTERVAL=2;BYDAY=1FR"),
    ("the 1st and 3rd monday of each month", "Mon 2026-12-07 FREQ=MONTHLY;BYDAY=1MO,3MO"),
    ("every 2nd and 4th tuesday", "Tue 2026-12-08 FREQ=MONTHLY;BYDAY=2TU,4TU"),
    ("every last friday", "Fri 2026-11-27 FREQ=MONTHLY;BYDAY=-1FR"),
    ("every month on the last friday", "Fri 2026-11-27 FREQ=MONTHLY;BYDAY=-1FR"),
    ("every month on the 2nd to last fri", "Fri 2026-12-18 FREQ=MONTHLY;BYDAY=-2FR"),
    ("every month on the first and last tue and fri", "Fri 2026-11-27 FREQ=MONTHLY;BYDAY=-1TU,1TU,-1FR,1FR"),
    ("every month on the first working day", "Tue 2026-12-01 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
    ("every last workday", "Mon 2026-11-30 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ("every 10th workday, last workday", "Mon 2026-11-30 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,10"),
    ("every month on the 5th friday", "Fri 2027-01-29 FREQ=MONTHLY;BYDAY=5FR"),
]

IN_YEARS = [
    ("every june 1 and dec 1", "Tue 2026-12-01 FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=1"),
    ("every 14 jan, 14 apr and 14 jul at noon", "Thu 2027-01-14 12:00 FREQ=YEARLY;BYMONTH=1,4,7;BYMONTHDAY=14"),
    ("every 4 years on feb 29", "Tue 2028-02-29 FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29"),
    ("every year on 5 march", "Fri 2027-03-05 FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
    ("every march 5", "Fri 2027-03-05 FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
    ("every 5th of march", "Fri 2027-03-05 FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
    ("yearly on march 5", "Fri 2027-03-05 FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
    ("once a year on march 5th", "Fri 2027-03-05 FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5"),
    ("every christmas", "Fri 2026-12-25 FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25"),
    ("every year on feb 29", "Sun 2027-02-28 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
    ("every april and december on the 1st and 24th", "Tue 2026-12-01 FREQ=YEARLY;BYMONTH=4,12;BYMONTHDAY=1,24"),
    ("every january on the 15th", "Fri 2027-01-15 FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15"),
    ("every june", "Tue 2027-06-01 FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1"),
    ("every 2 years on july 4", "Sun 2027-07-04 FREQ=YEARLY;INTERVAL=2;BYMONTH=7;BYMONTHDAY=4"),
    ("every aug 20 and 30", "Fri 2027-08-20 FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=20,30"),
    ("every fourth thursday in november", "Thu 2026-11-26 FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
    ("every year on the fourth thursday of november", "Thu 2026-11-26 FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
    ("every year on the 1st friday", "Fri 2027-01-01 FREQ=YEARLY;BYDAY=1FR"),
    ("every year on the 100th day", "Sat 2027-04-10 FREQ=YEARLY;BYYEARDAY=100"),
    ("31st of every year", "Sun 2027-01-31 FREQ=YEARLY;BYYEARDAY=31"),
    ("last day of every year", "Thu 2026-12-31 FREQ=YEARLY;BYYEARDAY=-1"),
    ("every year in week 12", "Mon 2027-03-22 FREQ=YEARLY;BYWEEKNO=12"),
    ("every fri in week 12", "Fri 2027-03-26 FREQ=YEARLY;BYWEEKNO=12;BYDAY=FR"),
]

AT_TIMES = [
    ("every morning and evening", "Wed 2026-11-25 19:00 FREQ=DAILY;BYHOUR=9,19;BYMINUTE=0"),
    (
        "every day in the morning, at noon and in the evening",
        "Wed 2026-11-25 12:00 FREQ=DAILY;BYHOUR=9,12,19;BYMINUTE=0",
    ),
    ("every day at 9", "Thu 2026-11-26 09:00 FREQ=DAILY"),
    ("every day at 11", "Wed 2026-11-25 11:00 FREQ=DAILY"),
    ("every 5pm", "Wed 2026-11-25 17:00 FREQ=DAILY"),
    ("9am every day", "Thu 2026-11-26 09:00 FREQ=DAILY"),
    ("daily 17:30", "Wed 2026-11-25 17:30 FREQ=DAILY"),
    ("every morning", "Thu 2026-11-26 09:00 FREQ=DAILY"),
    ("every evening at 8", "Wed 2026-11-25 20:00 FREQ=DAILY"),
    ("every night", "Wed 2026-11-25 21:00 FREQ=DAILY"),
    ("nightly at 10", "Wed 2026-11-25 22:00 FREQ=DAILY"),
    ("every weekday morning at 7:30", "Thu 2026-11-26 07:30 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("every mon, fri at 20:00", "Fri 2026-11-27 20:00 FREQ=WEEKLY;BYDAY=MO,FR"),
    ("every day at 8 and 20", "Wed 2026-11-25 20:00 FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0"),
    ("every day at 8am, 1pm and 6pm", "Wed 2026-11-25 13:00 FREQ=DAILY;BYHOUR=8,13,18;BYMINUTE=0"),
    ("every day at 9:30 and 17:30", "Wed 2026-11-25 17:30 FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30"),
    ("every week on sunday at 10, 12 and 17", "Sun 2026-11-29 10:00 FREQ=WEEKLY;BYDAY=SU;BYHOUR=10,12,17;BYMINUTE=0"),
    ("every month on the 31st 9am", "Mon 2026-11-30 09:00 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    ("every day at 9am CET", "Thu 2026-11-26 09:00 Europe/Berlin FREQ=DAILY"),
    ("every day at midnight", "Thu 2026-11-26 00:00 FREQ=DAILY"),
    ("10:00 on the 15th of every month", "Tue 2026-12-15 10:00 FREQ=MONTHLY;BYMONTHDAY=15"),
]

BY_HOURS = [
    ("every hour", "Wed 2026-11-25 11:00 Europe/Berlin FREQ=HOURLY"),
    ("hourly", "Wed 2026-11-25 11:00 Europe/Berlin FREQ=HOURLY"),
    ("every 3h", "Wed 2026-11-25 13:00 Europe/Berlin FREQ=HOURLY;INTERVAL=3"),
    ("every 3 hours", "Wed 2026-11-25 13:00 Europe/Berlin FREQ=HOURLY;INTERVAL=3"),
    ("every 90 minutes", "Wed 2026-11-25 11:30 Europe/Berlin FREQ=MINUTELY;INTERVAL=90"),
    ("every half hour", "Wed 2026-11-25 10:30 Europe/Berlin FREQ=MINUTELY;INTERVAL=30"),
    ("every 1.5 hours", "Wed 2026-11-25 11:30 Europe/Berlin FREQ=MINUTELY;INTERVAL=90"),
    ("every hour and a half", "Wed 2026-11-25 11:30 Europe/Berlin FREQ=MINUTELY;INTERVAL=90"),
    ("every 90 secs", "Wed 2026-11-25 10:01:30 Europe/Berlin FREQ=SECONDLY;INTERVAL=90"),
    ("every 12 hours starting at 9pm", "Wed 2026-11-25 21:00 Europe/Berlin FREQ=HOURLY;INTERVAL=12"),
    ("every hour from 9 to 17", "Wed 2026-11-25 11:00 FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16,17;BYMINUTE=0"),
    (
        "every hour from 9 to 17 on weekdays",
        "Wed 2026-11-25 11:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10,11,12,13,14,15,16,17;BYMINUTE=0",
    ),
    ("every hour between 9am and 5pm", "Wed 2026-11-25 11:00 FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16,17;BYMINUTE=0"),
    (
        "every 2 hours from 8 to 18 on weekends",
        "Sat 2026-11-28 08:00 FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=8,10,12,14,16,18;BYMINUTE=0",
    ),
    (
        "every 30 minutes from 9:00 to 16:30",
        "Wed 2026-11-25 10:30 FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,30",
    ),
    ("every 20 min from 9 to 12", "Wed 2026-11-25 10:20 FREQ=DAILY;BYHOUR=9,10,11;BYMINUTE=0,20,40"),
    ("every hour 9-17", "Wed 2026-11-25 11:00 FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16,17;BYMINUTE=0"),
    ("every 2 hours until 6pm", "Wed 2026-11-25 12:00 Europe/Berlin FREQ=HOURLY;INTERVAL=2;UNTIL=20261125T170000Z"),
    (
        "every 15 minutes for 2 hours",
        "Wed 2026-11-25 10:15 Europe/Berlin FREQ=MINUTELY;INTERVAL=15;UNTIL=20261125T111500Z",
    ),
]

ENDS = [
    ("every day for the next week", "Thu 2026-11-26 FREQ=DAILY;UNTIL=20261202"),
    ("every day between dec 1 and dec 5", "Tue 2026-12-01 FREQ=DAILY;UNTIL=20261205"),
    ("every day from dec 1 - dec 5", "Tue 2026-12-01 FREQ=DAILY;UNTIL=20261205"),
    ("daily for 3x", "Thu 2026-11-26 FREQ=DAILY;COUNT=3"),
    ("<2026-11-28 Sat 09:00 +1w>", "Sat 2026-11-28 09:00 FREQ=WEEKLY"),
    ("every day until friday", "Thu 2026-11-26 FREQ=DAILY;UNTIL=20261127"),
    ("every day till dec 31", "Thu 2026-11-26 FREQ=DAILY;UNTIL=20261231"),
    ("every week until november 10, 2027", "Wed 2026-12-02 FREQ=WEEKLY;UNTIL=20271110"),
    ("every day until end of month", "Thu 2026-11-26 FREQ=DAILY;UNTIL=20261130"),
    ("every monday until christmas at 9", "Mon 2026-11-30 09:00 FREQ=WEEKLY;UNTIL=20261225T235959;BYDAY=MO"),
    ("every day for 10 days", "Thu 2026-11-26 FREQ=DAILY;UNTIL=20261205"),
    ("every day for 3 weeks", "Thu 2026-11-26 FREQ=DAILY;UNTIL=20261216"),
    ("every friday for 3 weeks", "Fri 2026-11-27 FREQ=WEEKLY;UNTIL=20261216;BYDAY=FR"),
    ("every sat for the next 2 months", "Sat 2026-11-28 FREQ=WEEKLY;UNTIL=20270125;BYDAY=SA"),
    ("every friday 5 times", "Fri 2026-11-27 FREQ=WEEKLY;COUNT=5;BYDAY=FR"),
    ("every friday for 5 times", "Fri 2026-11-27 FREQ=WEEKLY;COUNT=5;BYDAY=FR"),
    ("every friday 5x", "Fri 2026-11-27 FREQ=WEEKLY;COUNT=5;BYDAY=FR"),
    ("fridays twice", "Fri 2026-11-27 FREQ=WEEKLY;COUNT=2;BYDAY=FR"),
    ("every other friday for up to 5 times", "Fri 2026-11-27 FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=FR"),
    ("every day from dec 1", "Tue 2026-12-01 FREQ=DAILY"),
    ("every day starting dec 1 at 9am", "Tue 2026-12-01 09:00 FREQ=DAILY"),
    ("starting dec 1, every day", "Tue 2026-12-01 FREQ=DAILY"),
    ("from dec 1 every day until dec 24", "Tue 2026-12-01 FREQ=DAILY;UNTIL=20261224"),
    ("every day from dec 1 to dec 24 at 8am", "Tue 2026-12-01 08:00 FREQ=DAILY;UNTIL=20261224T235959"),
    ("every 2 weeks from friday", "Fri 2026-11-27 FREQ=WEEKLY;INTERVAL=2"),
    ("every 2 weeks on mon starting dec 14", "Mon 2026-12-14 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ("every month on the 4th starting next tuesday", "Fri 2026-12-04 FREQ=MONTHLY;BYMONTHDAY=4"),
    ("starting in april, daily until march", "Thu 2027-04-01 FREQ=DAILY;UNTIL=20280301"),
    ("mondays and thursdays from jan 1 to march 25th", "Mon 2027-01-04 FREQ=WEEKLY;UNTIL=20270325;BYDAY=MO,TH"),
    ("every day at 11pm starting jan 1 2020", "Wed 2020-01-01 23:00 FREQ=DAILY"),
]

FROM_DONE = [
    ("<2026-11-28 Sat .+1m>", "Sat 2026-11-28 FREQ=MONTHLY after done"),
    ("every! 3 days", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3 after done"),
    ("every! week", "Wed 2026-12-02 FREQ=WEEKLY after done"),
    ("every! month at 9am", "Fri 2026-12-25 09:00 FREQ=MONTHLY after done"),
    ("every! 3 hours", "Wed 2026-11-25 13:00 Europe/Berlin FREQ=HOURLY;INTERVAL=3 after done"),
    ("3 days after done", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3 after done"),
    ("2 weeks after completion", "Wed 2026-12-09 FREQ=WEEKLY;INTERVAL=2 after done"),
    ("every 10 days when done", "Sat 2026-12-05 FREQ=DAILY;INTERVAL=10 after done"),
    ("every 3 days after it is done", "Sat 2026-11-28 FREQ=DAILY;INTERVAL=3 after done"),
    ("after 10 days", "Sat 2026-12-05 FREQ=DAILY;INTERVAL=10 after done"),
]


@pytest.mark.parametrize(
    ("phrase", "meant"),
    OFTEN + ON_WEEKDAYS + ON_MONTH_DAYS + ON_NTH + IN_YEARS + AT_TIMES + BY_HOURS + ENDS + FROM_DONE,
)
def test_a_recurrence_is_understood(says, phrase: str, meant: str) -> None:
    """The rule is plain RFC 5545 and starts at its first time."""
    assert says(phrase) == meant


@pytest.mark.parametrize(
    ("phrase", "asked", "meant"),
    [
        ("every day at 9", "2026-11-25 08:00", "Wed 2026-11-25 09:00 FREQ=DAILY"),  # today's is still to come
        ("every monday at 9", "2026-11-30 08:00", "Mon 2026-11-30 09:00 FREQ=WEEKLY;BYDAY=MO"),
        ("every monday", "2026-11-30 08:00", "Mon 2026-12-07 FREQ=WEEKLY;BYDAY=MO"),
        ("every month", "2027-01-31 10:00", "Sun 2027-02-28 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ("every year", "2028-02-29 10:00", "Wed 2029-02-28 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
        ("every 2 hours", "2026-10-25 01:30", "Sun 2026-10-25 01:30 UTC FREQ=HOURLY;INTERVAL=2"),
        ("every day for 10 days at 9", "2026-11-25 08:00", "Wed 2026-11-25 09:00 FREQ=DAILY;UNTIL=20261204T235959"),
    ],
)
def test_a_recurrence_starts_at_its_first_time_after_the_asking(says, phrase: str, asked: str, meant: str) -> None:
    """The start is an occurrence, so that rule and start agree."""
    assert says(phrase, asked) == meant


def test_short_months_can_be_skipped_by_a_setting(says) -> None:
    """Some want plain RFC 5545."""
    assert says("every month on the 31st", strict_day=True) == "Thu 2026-12-31 FREQ=MONTHLY;BYMONTHDAY=31"


ALL = [
    phrase
    for table in (OFTEN, ON_WEEKDAYS, ON_MONTH_DAYS, ON_NTH, IN_YEARS, AT_TIMES, BY_HOURS, ENDS)
    for phrase, _ in table
]


@pytest.mark.parametrize("phrase", ALL)
def test_every_rule_is_canonical_and_its_start_is_its_first_time(means, phrase: str) -> None:
    """The text is what recurrence would make of it, and what it gives first is the start."""
    rule = means(phrase).rule
    assert rule.rrule is not None
    assert canonical(rule.rrule, dtstart=rule.dtstart, is_all_day=rule.is_all_day) == rule.rrule
    planned = first(rule, BERLIN)
    assert planned is not None
    assert planned.at == resolve(rule.dtstart, ZoneInfo(rule.zone) if rule.zone else BERLIN)
