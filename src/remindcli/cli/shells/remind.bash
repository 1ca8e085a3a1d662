# bash completion for remind; `remind completion bash` prints it.
# It asks remind what may stand at the cursor and offers that. Nothing of an answer is evaluated.

_remindcli_completion() {
    local answer name=remind
    [[ ${1##*/} == remindcli* ]] && name=remindcli
    COMPREPLY=()
    while IFS= read -r answer; do
        if [[ $answer == $'\t'files* ]]; then
            compopt -o default 2>/dev/null
        else
            COMPREPLY+=("$answer")
        fi
    done < <(command "$name" __complete bash "$COMP_TYPE" "$2" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
}

# bash before 4.4, as macOS has it, knows no nosort.
complete -o nosort -F _remindcli_completion remind remindcli 2>/dev/null ||
    complete -F _remindcli_completion remind remindcli
