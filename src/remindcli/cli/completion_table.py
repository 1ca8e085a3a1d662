"""Every verb and option, so that completion need not load typer: written by tests/cli/test_complete.py."""

TABLE = """
--db FILE  Use this store (or set REMIND_DB)
--json  Print JSON
--version  Show the version
-h --help  Show this help
add  Write a task down
add -d --due PHRASE  When it is due; the words are title
add -e --every PHRASE|RRULE  How it comes back
add --until PHRASE  The last day on which it comes back; never
add --count N  It comes N times from its start on
add -a --alert SPAN|HOUR  Ring 1d before due, 0 at due, "9am the day before"; none; repeat
add --nag [=SPAN]  Ring again until answered: --nag, --nag=10m, --nag=off
add --if COMMAND  Ring only when this command succeeds
add --until-ok COMMAND  Nag until this command succeeds; then it is done
add --run COMMAND  When it is due, run this in place of ringing
add --here  Bind it to this folder or repository
add -t --tag TAG  Tag it; repeat
add -l --list LIST  Put it on this list
add -p --priority P  How much it matters: p1, p2, p3, none
add --note TEXT  Keep this text with it
add --channel NAME  Ring on this one; repeat. "" as others
add --catch-up HOW  What passed while away: latest (one), all (a backlog), skip
add --each  Each time is to be done: --catch-up all
add --tz ZONE  The times are of this zone: Europe/Berlin
add --strict-day  The 31st skips short months, as RFC 5545 has it
add --literal  All words are the title
add -n --dry-run  Show what would be written
add --json  Print JSON
add -q --quiet  Print ids only
add -h --help  Show this help
list  List tasks, the next due first
list --columns FIELDS  Show these fields: id,due,title
list --sort FIELDS  Sort by these: priority,-created (the latest first)
list --group FIELD  A heading for each day, list, tag, priority or state
list --limit N  Show the first N
list --format TEXT  A record as you want it: '{id}\t{title}'
list -0 --null  End each record with NUL, for xargs -0
list --json  Print JSON
list -q --quiet  Print ids only
list --exit-code  Exit 4 if nothing matches
list -h --help  Show this help
done  Complete a task; a recurring one comes back at its next time
done --at TIME  When it was done
done -y --yes  Do it to all that a filter finds, unasked
done --json  Print JSON
done -q --quiet  Print ids only
done -h --help  Show this help
snooze  Ring later; due stays as it is
snooze -y --yes  Do it to all that a filter finds, unasked
snooze --json  Print JSON
snooze -q --quiet  Print ids only
snooze -h --help  Show this help
move  Make this occurrence due at another time; the series stays as it is
move -y --yes  Do it to all that a filter finds, unasked
move --json  Print JSON
move -q --quiet  Print ids only
move -h --help  Show this help
skip  Leave this occurrence out; a recurring task comes back at its next time
skip -y --yes  Do it to all that a filter finds, unasked
skip --json  Print JSON
skip -q --quiet  Print ids only
skip -h --help  Show this help
ack  Stop the nagging of a task until its next alert; it stays open
ack -y --yes  Do it to all that a filter finds, unasked
ack --json  Print JSON
ack -q --quiet  Print ids only
ack -h --help  Show this help
undo  Take back the last thing you did, as one step; -n 3 the last three
undo -n N  So many steps
undo --list  Show what could be taken back, the latest first
undo --json  Print JSON
undo -h --help  Show this help
redo  Do again what was last undone; -n 3 the last three
redo -n N  So many steps
redo --json  Print JSON
redo -h --help  Show this help
show  Show everything about a task: its rule in words, its next five times, what was told of it
show --json  Print JSON
show -h --help  Show this help
next  Show what is due next, from now on
next -n --limit N  The next N
next --format TEXT  A record as you want it: '{id}\t{title}'
next -0 --null  End each record with NUL, for xargs -0
next --json  Print JSON
next -q --quiet  Print ids only
next --exit-code  Exit 4 if nothing matches
next -h --help  Show this help
when  Show what a phrase means
when -n --next N  Show the next N
when --from TIME  As if asked at that time: 2026-12-24T18:00
when --tz ZONE  As if asked in that zone
when --strict-day  The 31st skips short months, as RFC 5545 has it
when --stdin  Read a phrase a line, and answer each with a line of JSON
when --json  Print JSON
when -h --help  Show this help
cal  Show a month with its ISO weeks and how much is due on each day
cal --format TEXT  A record as you want it: '{id}\t{title}'
cal -3 --three  The month before and the month after too
cal -0 --null  End each record with NUL, for xargs -0
cal --json  Print JSON
cal -h --help  Show this help
forecast  Show what will ring in the next days, by day
forecast -n --days N  So many days, today is one
forecast --now TIME  As seen from another moment: 2027-03-26T08:00
forecast --limit N  The first N
forecast --format TEXT  A record as you want it: '{id}\t{title}'
forecast -0 --null  End each record with NUL, for xargs -0
forecast --json  Print JSON
forecast -q --quiet  Print ids only
forecast --exit-code  Exit 4 if nothing matches
forecast -h --help  Show this help
log  Show what happened, by day: what you did, what was told and where
log --since TIME  From then on: yesterday, monday, 3 days ago
log --until TIME  Up to that time
log --kind KIND  Only this: done, snooze, told, untold; repeat
log -n --limit N  The latest N
log --format TEXT  A record as you want it: '{id}\t{title}'
log -0 --null  End each record with NUL, for xargs -0
log --json  Print JSON
log --exit-code  Exit 4 if nothing matches
log -h --help  Show this help
why  Tell why a reminder rang, or did not
why --json  Print JSON
why -h --help  Show this help
stats  Count what you did
stats --delivery  Only how reminders were told: how late, where, how often
stats --json  Print JSON
stats -h --help  Show this help
tags  Show the tags in use
tags --format TEXT  A record as you want it: '{id}\t{title}'
tags -0 --null  End each record with NUL, for xargs -0
tags --json  Print JSON
tags -q --quiet  Print ids only
tags --exit-code  Exit 4 if nothing matches
tags -h --help  Show this help
lists  Show the lists in use
lists --format TEXT  A record as you want it: '{id}\t{title}'
lists -0 --null  End each record with NUL, for xargs -0
lists --json  Print JSON
lists -q --quiet  Print ids only
lists --exit-code  Exit 4 if nothing matches
lists -h --help  Show this help
pick  Pick a task from a list on the terminal, and print its id
pick --json  Print JSON
pick -h --help  Show this help
tui  Look at your tasks and answer them on a screen that stays
tui -h --help  Show this help
status  Tell in one line what rings, what is overdue and what comes next
status --prompt  A few characters for a prompt; empty if all is well
status -q --quiet  Print nothing: the exit status tells
status --json  Print JSON
status -h --help  Show this help
edit  Change a task with the words of add
edit -d --due PHRASE  When it is due; the words are title
edit -e --every PHRASE|RRULE  How it comes back
edit --until PHRASE  The last day on which it comes back; never
edit --count N  It comes N times from its start on
edit -a --alert SPAN|HOUR  Ring 1d before due, 0 at due, "9am the day before"; none; repeat
edit --nag [=SPAN]  Ring again until answered: --nag, --nag=10m, --nag=off
edit --if COMMAND  Ring only when this command succeeds
edit --until-ok COMMAND  Nag until this command succeeds; then it is done
edit --run COMMAND  When it is due, run this in place of ringing
edit --here  Bind it to this folder or repository
edit -t --tag TAG  Tag it; repeat
edit -l --list LIST  Put it on this list
edit -p --priority P  How much it matters: p1, p2, p3, none
edit --note TEXT  Keep this text with it
edit --channel NAME  Ring on this one; repeat. "" as others
edit --catch-up HOW  What passed while away: latest (one), all (a backlog), skip
edit --each  Each time is to be done: --catch-up all
edit --tz ZONE  The times are of this zone: Europe/Berlin
edit --strict-day  The 31st skips short months, as RFC 5545 has it
edit --literal  All words are the title
edit --this  A time is of this occurrence
edit --series  A time is of the whole series
edit --editor  Change it as a text in $VISUAL or $EDITOR; so it is without words
edit -y --yes  Do it to all that a filter finds, unasked
edit --json  Print JSON
edit -q --quiet  Print ids only
edit -h --help  Show this help
tag  Put tags on tasks and take tags off
tag -y --yes  Do it to all that a filter finds, unasked
tag --json  Print JSON
tag -q --quiet  Print ids only
tag -h --help  Show this help
note  Add a line to the note of a task; without a text, show it
note --replace  Put it in place of what is there
note -y --yes  Do it to all that a filter finds, unasked
note --json  Print JSON
note -h --help  Show this help
pause  Keep a task from ringing until it is resumed
pause -y --yes  Do it to all that a filter finds, unasked
pause --json  Print JSON
pause -q --quiet  Print ids only
pause -h --help  Show this help
resume  Let a paused task ring again, or bring a deleted one back
resume -y --yes  Do it to all that a filter finds, unasked
resume --json  Print JSON
resume -q --quiet  Print ids only
resume -h --help  Show this help
undone  Open again what was done or skipped last of a task, however long ago that was
undone -y --yes  Do it to all that a filter finds, unasked
undone --json  Print JSON
undone -q --quiet  Print ids only
undone -h --help  Show this help
rm  Take a task away
rm -y --yes  Do it to all that a filter finds, unasked
rm --json  Print JSON
rm -q --quiet  Print ids only
rm -h --help  Show this help
daemon  Ring what is due and spawn what comes next
daemon --log-format VALUE  How the log is written: text, or json, an object a line
daemon -h --help  Show this help
daemon start  Start the daemon in the background; it goes on after this terminal is closed
daemon start -h --help  Show this help
daemon stop  End the daemon; a message on its way is finished first
daemon stop -h --help  Show this help
daemon restart  End the daemon if it runs, and start it anew
daemon restart -h --help  Show this help
daemon install  Start the daemon at every login, and now
daemon install -n --dry-run  Show what would be written and run
daemon install -h --help  Show this help
daemon uninstall  No longer start the daemon at login
daemon uninstall -h --help  Show this help
daemon status  Tell whether the daemon runs, since when, and what waits
daemon status --json  Print JSON
daemon status -h --help  Show this help
daemon logs  Show what the daemon wrote to its log
daemon logs -n --lines N  How many lines
daemon logs -f --follow  Go on with what comes, until Ctrl-C
daemon logs -h --help  Show this help
doctor  Look at all that ringing needs, and say what mends what is not well
doctor --notify  Send a message on each channel
doctor --json  Print JSON
doctor -h --help  Show this help
failed  List the reminders that were given up: what, why, how often it was tried
failed --json  Print JSON
failed -h --help  Show this help
failed list  List the reminders that were given up, as remind failed does alone
failed list --json  Print JSON
failed list -h --help  Show this help
failed retry  Try a reminder that was given up again, from the beginning, now
failed retry --all  All of them
failed retry --json  Print JSON
failed retry -h --help  Show this help
failed drop  Lay a reminder that was given up aside; the task stays open
failed drop --all  All of them
failed drop --json  Print JSON
failed drop -h --help  Show this help
config  Show the settings, where each comes from
config --json  Print JSON
config -h --help  Show this help
config list  List the settings with their values, and where each comes from
config list --json  Print JSON
config list -h --help  Show this help
config get  Print the value of one setting
config get --json  Print JSON
config get -h --help  Show this help
config set  Write a setting into the file; its comments stay
config set -h --help  Show this help
config unset  Take a setting out of the file; the default holds again
config unset -h --help  Show this help
config edit  Change the file in $VISUAL or $EDITOR
config edit -h --help  Show this help
config path  Print where the settings file is, or would be
config path -h --help  Show this help
completion  Complete verbs, options, ids, tags and times on TAB
completion --install  Put it where the shell looks for it
completion -h --help  Show this help
shell-init  Print a hook that tells at the prompt what rang meanwhile, once
shell-init -h --help  Show this help
backup  Copy the store, also while it is used
backup --force  Replace FILE if it is there
backup --json  Print JSON
backup -h --help  Show this help
backup list  List the backups beside the store, the newest first
backup list --json  Print JSON
backup list -h --help  Show this help
backup restore  Put a backup in the place of the store, once it is checked
backup restore --json  Print JSON
backup restore -h --help  Show this help
export  Print tasks for another store or program
export --ics  Print an iCalendar file of to-dos
export -h --help  Show this help
import  Bring tasks in from a file
import -n --dry-run  Check the file, and write nothing
import --partial  Leave out what can't be used, and say so
import --json  Print JSON
import -h --help  Show this help
metrics  Print counters in the Prometheus text format: what was told and was not, and how late
metrics --metrics-file FILE  Write there at once, for a textfile collector
metrics -h --help  Show this help
demo  See it work
demo -h --help  Show this help
"""
