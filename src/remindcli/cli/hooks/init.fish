# `remind shell-init fish`: tells at the prompt what rang meanwhile. In config.fish: remind shell-init fish | source
function __remind_rang --on-event fish_prompt
    if test -e @STORE@; and begin
            not test -e @SEEN@; or test @STORE@ -nt @SEEN@
        end
        @REMIND@ __rang @STORE@ 2>/dev/null </dev/null
    end
end
