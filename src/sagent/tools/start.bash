# Read by bash before a command of the Bash tool (BASH_ENV): where the shell ends is written down, for the next one.
# An EXIT trap, since it runs however the shell ends, and leaves the exit code alone; subshells do not have it.
trap "{ builtin pwd -P >|$SAGENT_CWD; } 2>/dev/null" EXIT
unset SAGENT_CWD
if [ -n "${SAGENT_BASH_ENV+x}" ]; then
    export BASH_ENV="$SAGENT_BASH_ENV"
    unset SAGENT_BASH_ENV
    . "$BASH_ENV"
else
    unset BASH_ENV
fi
