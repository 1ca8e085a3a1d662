# `remind shell-init bash`: tells at the prompt what rang meanwhile. In ~/.bashrc: eval "$(remind shell-init bash)"
__remind_rang() {
    local __remind_status=$?
    if [[ -e @STORE@ && ( ! -e @SEEN@ || @STORE@ -nt @SEEN@ ) ]]; then
        @REMIND@ __rang @STORE@ 2>/dev/null </dev/null
    fi
    return "$__remind_status"
}
if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
    [[ " ${PROMPT_COMMAND[*]} " == *__remind_rang* ]] || PROMPT_COMMAND=(__remind_rang "${PROMPT_COMMAND[@]}")
elif [[ "${PROMPT_COMMAND-}" != *__remind_rang* ]]; then
    PROMPT_COMMAND="__remind_rang${PROMPT_COMMAND:+
$PROMPT_COMMAND}"
fi
