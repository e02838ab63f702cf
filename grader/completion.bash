# SPDX-License-Identifier: MIT
# Completion of make's targets and variables in a tree of H4, for bash: `make shell`
# starts a shell that has it, `source grader/completion.bash` gives it to yours.
#
# Targets, and the variables of each, are those that the Makefile's help names; labs,
# exercises and tests those of the manifests. Elsewhere make is completed as before.

if [ -n "${H4_SHELL-}" ]; then
        unset H4_SHELL
        # shellcheck disable=SC1090
        [ -f ~/.bashrc ] && source ~/.bashrc
        echo "make's targets, variables, labs, exercises and tests are completed by Tab."
        echo "\`exit\` ends this shell."
fi

# The lines of help of each target, behind its name: `grade LAB=n|all ...`.
_h4_help() {
        sed -n 's/^#: //p' Makefile |
                awk '$1 == "make" { name = $2; $1 = $2 = "" } { print name, $0 }'
}

# Prints the variables of target $1.
_h4_variables() {
        _h4_help | awk -v name="$1" '$1 == name' | grep -oE '\b[A-Z_]+=' | sort -u
}

# Prints what follows `key = "` in the manifests of lab $3, or of all, within the
# tables [[$1]]: _h4_entries table key [lab].
_h4_entries() {
        # A lab's number stands before the hyphen of its folder; the pattern expands.
        # shellcheck disable=SC2086
        cat labs/${3:-[0-9]*}-*/lab.toml 2>/dev/null |
                awk -v table="[[$1]]" -v key="$2" '
                        /^\[/ { inside = $0 == table }
                        inside && $1 == key && $2 == "=" {
                                gsub(/"/, "", $3); print $3
                        }'
}

# Prints the values that variable $1 may have; $2 is the lab of the same command, if
# it names one.
_h4_values() {
        case $1 in
        LAB)
                grep -l '^\[\[test\]\]' labs/*/lab.toml 2>/dev/null |
                        sed 's|^labs/\([0-9]*\)-.*|\1|'
                echo all
                ;;
        TEST) _h4_entries test name "$2"; _h4_entries exercise id "$2" ;;
        EX | EXERCISE | WITH) _h4_entries exercise id "$2" ;;
        BASE) printf '%s\n' own reference ;;
        EMULATOR) printf '%s\n' bochs qemu ;;
        CC_STAGE) printf '%s\n' gcc clang ;;
        PARANOID) printf '%s\n' 1 2 ;;
        AGAIN | UNCONFINED) echo 1 ;;
        PROGRAM)
                sed -n '/^programs = \[/,/\]/p' labs/*/lab.toml 2>/dev/null |
                        grep -o '"[a-z0-9-]*"' | tr -d '"' | sort -u
                ;;
        ONLY)
                _h4_help | sed -n "s/^$3 .*ONLY=\([a-z|-]*\).*/\1/p" | tr '|' '\n'
                ;;
        esac
}

_h4_make() {
        local typed=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]-}
        local word=$typed target='' lab='' variable='' at
        COMPREPLY=()

        # bash takes `LAB=3` for three words, as long as = divides words.
        for ((at = 1; at < ${#COMP_WORDS[@]}; at++)); do
                case ${COMP_WORDS[at]} in
                LAB=*) lab=${COMP_WORDS[at]#LAB=} ;;
                LAB) [ "${COMP_WORDS[at + 1]-}" = = ] && lab=${COMP_WORDS[at + 2]-} ;;
                [a-z]*) [ "${COMP_WORDS[at - 1]}" != = ] && [ "$at" != "$COMP_CWORD" ] &&
                        target=${target:-${COMP_WORDS[at]}} ;;
                esac
        done
        [[ $lab =~ ^[0-9]+$ ]] || lab=''

        if [ "$word" = = ]; then
                variable=$before word=''
        elif [ "$before" = = ]; then
                variable=${COMP_WORDS[COMP_CWORD - 2]-}
        elif [[ $word == [A-Z]*=* ]]; then
                variable=${word%%=*} word=${word#*=}
        fi

        if [ -n "$variable" ]; then
                local values
                values=$(_h4_values "$variable" "$lab" "$target")
                if [ -n "$values" ]; then
                        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
                else
                        compopt -o filenames 2>/dev/null
                        mapfile -t COMPREPLY < <(compgen -f -- "$word")
                fi
                # Where = does not divide words, the word is replaced as a whole.
                if [[ $typed == ?*=* ]]; then
                        COMPREPLY=("${COMPREPLY[@]/#/$variable=}")
                fi
        elif [ -n "$target" ]; then
                local names
                names=$(_h4_variables "$target")
                case $target in
                watch | run | debug | memory) names+=" LAB= BASE= WITH= EMULATOR=" ;;
                esac
                mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word" | sort -u)
                compopt -o nospace 2>/dev/null
        else
                mapfile -t COMPREPLY < <(compgen -W "$(_h4_help | awk '{ print $1 }' | sort -u)" -- "$word")
        fi
}

# Which function completes make elsewhere, if there is one.
_h4_elsewhere=$(complete -p make 2>/dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
[ "$_h4_elsewhere" = _h4_choose ] && _h4_elsewhere=

_h4_choose() {
        if [ -f grader/completion.bash ] && [ -f Makefile ]; then
                _h4_make
        elif [ -n "$_h4_elsewhere" ]; then
                "$_h4_elsewhere" "$@"
        fi
}

complete -o bashdefault -o default -F _h4_choose make
