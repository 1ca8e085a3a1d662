# `remind shell-init zsh`: tells at the prompt what rang meanwhile. In ~/.zshrc: eval "$(remind shell-init zsh)"
__remind_rang() {
    if [[ -e @STORE@ && ( ! -e @SEEN@ || @STORE@ -nt @SEEN@ ) ]]; then
        @REMIND@ __rang @STORE@ 2>/dev/null </dev/null
    fi
}
autoload -Uz add-zsh-hook
add-zsh-hook precmd __remind_rang
