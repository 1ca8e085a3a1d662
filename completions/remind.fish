# fish completion for remind; `remind completion fish` prints it.
# It asks remind what may stand at the cursor and offers that. Nothing of an answer is evaluated.

function __remindcli_completion --argument-names name
    set -l current (commandline -ct)
    set -l answers (command $name __complete fish (commandline -opc) ":$current" 2>/dev/null </dev/null)
    set -l order (string split \t -- "$answers[1]")
    if test "$order[1]" = '' -a "$order[2]" = files
        set -l start (math 1 + (string length -- "$order[3]"))
        for path in (__fish_complete_path (string sub -s $start -- "$current"))
            printf '%s%s\n' "$order[3]" $path
        end
    else
        string join -- \n $answers
    end
end

for name in remind remindcli
    complete -c $name -f -k -a "(__remindcli_completion $name)"
end
