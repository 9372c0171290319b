# Sourced by scripts/restore and scripts/test, which set $root to the checkout.
# `environment NAME EXTRAS SIZE` leaves in $env_python the interpreter of a virtual
# environment that holds the checkout's package, and makes that environment if need be.
# shellcheck shell=sh disable=SC2154

# A terminal that is gone must not keep an interrupted set-up from tidying up.
env_say() { printf 'restore: %s\n' "$*" >&2 || :; }

env_fail() {
    [ ! -s "${env_log:-}" ] || cat "$env_log" >&2
    env_say "$*"
    exit 3
}

env_find_python() {
    env_seen=
    for env_try in ${RESTORE_PYTHON:+"$RESTORE_PYTHON"} python3 python3.13 python3.12 python3.11 python; do
        # The base interpreter's real name ends in its version, so a later system upgrade
        # leaves a dangling link, which is noticed, and not another Python's empty library.
        env_answer=$("$env_try" -I -c 'import os, sys
print("%d.%d" % sys.version_info[:2])
print(sys.version_info >= (3, 11) and os.path.realpath(sys._base_executable))' 2>/dev/null </dev/null) || env_answer=
        env_version=${env_answer%%"
"*}
        env_base=${env_answer#*"
"}
        case $env_base in
            /*) return 0 ;;
        esac
        [ -z "$env_version" ] || env_seen="; $env_try is only $env_version"
        [ "$env_try" != "${RESTORE_PYTHON:-}" ] ||
            env_say "RESTORE_PYTHON=$RESTORE_PYTHON is no Python 3.11 or newer: trying others"
    done
    env_fail "needs Python 3.11 or newer and finds none$env_seen. Install one (Debian, Ubuntu: apt install python3 python3-venv; Fedora: dnf install python3; macOS: brew install python3) or name one in RESTORE_PYTHON"
}

env_ready() {
    [ -x "$1/bin/python" ] && [ -f "$1/restore-stamp" ] &&
        IFS= read -r env_have <"$1/restore-stamp" && [ "$env_have" = "$env_want" ]
}

# Runs a command in folder $1 with its output kept in $env_log. It runs in the background,
# because a shell that waits for a foreground command acts on a signal only when it ends,
# and in a process group of its own, because pip starts more processes, to be ended with it.
env_run() {
    (
        cd "$1" || exit
        shift
        # Any of these, set for the user's other work, would lead pip astray.
        unset PYTHONHOME PYTHONPATH PIP_PREFIX PIP_PYTHON PIP_ROOT PIP_TARGET
        export PIP_NO_INPUT=1 PIP_REQUIRE_VIRTUALENV=0 PIP_USER=0 PYTHONUTF8=1 TMPDIR="$env_lock/work"
        exec "$env_base" -I -S -c 'import os, sys
os.setpgid(0, 0)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
    ) >"$env_log" 2>&1 </dev/null &
    env_child=$!
    echo "$env_child" >"$env_lock/child"
    env_code=0
    wait "$env_child" || env_code=$?
    env_child=
    return "$env_code"
}

env_clean() {
    env_code=$?
    trap '' HUP INT TERM
    if [ -n "$env_child" ]; then
        kill -s TERM -- "-$env_child" 2>/dev/null || kill "$env_child" 2>/dev/null || :
        wait "$env_child" 2>/dev/null || :
    fi
    [ "$env_code" -le 128 ] || env_say "set-up interrupted; the next run starts it again"
    # A process that is still ending may write into a folder while it is being removed.
    for env_try in 1 2 3; do
        ! rm -rf ${env_unfinished:+"$env_unfinished"} "$env_lock/work" 2>/dev/null || break
        sleep 1
    done
    rm -rf "$env_lock" || :
    exit "$env_code"
}

# Is every process that may be writing there gone? After a killed run its pip may live on.
# (kill -0 alone also fails for another user's living process.)
env_gone() {
    for env_pid in $1; do
        if kill -0 "$env_pid" 2>/dev/null || [ -d "/proc/$env_pid" ]; then return 1; fi
    done
}

env_take_lock() {
    env_lock=$env_dir.lock
    env_log=
    env_tries=0
    until mkdir "$env_lock" 2>/dev/null; do
        env_owner=$(cat "$env_lock/pid" "$env_lock/child" 2>/dev/null) || :
        if [ -n "$env_owner" ] && env_gone "$env_owner"; then
            # Of several runs that wait, one may remove a dead run's lock; the second look
            # keeps a slow one from removing the lock that a faster one has taken since.
            if mkdir "$env_lock/break" 2>/dev/null; then
                if [ "$(cat "$env_lock/pid" "$env_lock/child" 2>/dev/null)" = "$env_owner" ]; then
                    rm -rf "$env_lock"
                else
                    rmdir "$env_lock/break" 2>/dev/null || :
                fi
            fi
        elif [ -z "$env_owner" ] && [ "$env_tries" -eq 10 ]; then
            rm -rf "$env_lock"
        elif [ -n "$env_owner" ] && [ -z "${env_told:-}" ]; then
            env_told=1
            env_say "another run (process ${env_owner%%[!0-9]*}) is making the environment: waiting for it"
        fi
        env_tries=$((env_tries + 1))
        [ "$env_tries" -lt 1800 ] ||
            env_fail "still waiting for $env_lock after half an hour; if no other run is alive, remove it"
        sleep 1
    done
    env_child=
    env_unfinished=
    trap env_clean EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    echo $$ >"$env_lock/pid"
    mkdir "$env_lock/work"
    env_log=$env_lock/work/log
}

# Debian keeps ensurepip's wheels in packages of their own. Fetching and unpacking one of
# them needs no root; where the package lists are missing, a private copy of them is made.
env_pip_from_debian() {
    env_apt=$env_lock/work/apt
    mkdir -p "$env_apt/lists/partial" "$env_apt/archives/partial"
    # The system's hooks after an update write to the system's own folders.
    apt-config dump 2>/dev/null | grep -v '::Post-Invoke' >"$env_apt/conf" || return 1
    echo 'Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null";' >>"$env_apt/conf"
    if ! env_run "$env_apt" apt-get download python3-pip-whl; then
        set -- -o "Dir::State::lists=$env_apt/lists" -o "Dir::Cache=$env_apt" -o APT::Sandbox::User=
        env_run "$env_apt" env APT_CONFIG="$env_apt/conf" apt-get "$@" update || return 1
        env_run "$env_apt" env APT_CONFIG="$env_apt/conf" apt-get "$@" download python3-pip-whl || return 1
    fi
    env_run "$env_apt" dpkg-deb -x "$env_apt"/python3-pip-whl_*.deb "$env_apt" || return 1
    for env_wheel in "$env_apt"/usr/share/python-wheels/pip-*.whl; do
        env_run "$env_apt" env PYTHONPATH="$env_wheel" "$env_dir/bin/python" -m pip install \
            --no-index --no-deps "$env_wheel" || return 1
    done
}

env_make() {
    rm -rf "$env_dir"
    ! env_run / "$env_base" -m venv "$env_dir" || return 0
    env_run / "$env_base" -m venv --clear --without-pip "$env_dir" ||
        env_fail "could not make the environment (the reason stands above)"
    ! env_run / "$env_base" -m pip install --target "$env_dir/lib/python$env_version/site-packages" pip || return 0
    env_say "this Python has no pip: fetching one for the environment alone"
    ! env_pip_from_debian || return 0
    : >"$env_log"
    env_fail "this Python ($env_base) cannot make environments: apt install python3-venv (or python$env_version-venv)"
}

environment() {
    # Holds the checkout's path too, since an editable install points there.
    env_want=$(cksum "$root/pyproject.toml")$2
    env_own=$root/.venv
    case ${XDG_DATA_HOME:-} in
        /*) env_data=$XDG_DATA_HOME/rtl-restore ;;
        *) if [ -d "${HOME:-}" ]; then env_data=$HOME/.local/share/rtl-restore; else env_data=$env_own; fi ;;
    esac
    case ${RESTORE_HOME:-} in
        '') ;;
        /*) env_data=$RESTORE_HOME ;;
        *) env_data=$PWD/$RESTORE_HOME ;;
    esac

    # Asking Python for its version takes longer than all the rest, so any environment
    # that is up to date will do, unless the user wants a certain Python.
    env_version='*'
    [ -z "${RESTORE_PYTHON:-}" ] || env_find_python
    for env_folder in "$env_data" "$env_own"; do
        for env_dir in "$env_folder/$1-"$env_version; do
            env_python=$env_dir/bin/python
            ! env_ready "$env_dir" || return 0
        done
    done

    [ "$env_version" != '*' ] || env_find_python
    if ! mkdir -p "$env_data" 2>/dev/null || [ ! -w "$env_data" ]; then
        [ "$env_data" = "$env_own" ] || env_say "cannot write to $env_data: using $env_own"
        env_data=$env_own
        if ! mkdir -p "$env_data" 2>/dev/null || [ ! -w "$env_data" ]; then
            env_fail "cannot write to $env_data: name a folder in RESTORE_HOME"
        fi
    fi
    env_dir=$env_data/$1-$env_version
    env_python=$env_dir/bin/python
    env_take_lock

    # A virtual environment cannot be moved (its scripts hold its path), so it is made in
    # its place, and counts as complete only by the stamp, which is written last.
    if ! env_ready "$env_dir"; then
        env_unfinished=$env_dir
        env_stamp=
        if [ -x "$env_python" ] && [ -f "$env_dir/restore-stamp" ]; then
            env_say "pyproject.toml or the checkout's place changed: updating the environment in $env_dir"
            env_stamp=$(cat "$env_dir/restore-stamp")
            rm "$env_dir/restore-stamp"
        else
            env_say "first run: making a Python environment in $env_dir ($3)"
            env_make
        fi
        if ! env_run "$root" "$env_python" -P -m pip install -e ".$2"; then
            # A failed pip leaves the earlier packages as they were.
            if [ -n "$env_stamp" ]; then
                printf '%s\n' "$env_stamp" >"$env_dir/restore-stamp"
                env_unfinished=
                env_fail "pip could not update the environment (its output stands above)"
            fi
            env_fail "pip could not install the package (its output stands above); nothing half-made was kept"
        fi
        # Python reads the file that leads to the checkout in the locale's encoding: a Hebrew
        # path in it would stop every start under LC_ALL=C.
        env_run / "$env_base" -I -S -c 'import pathlib, sys
for pth in pathlib.Path(sys.argv[1]).glob("*.pth"):
    lines = pth.read_bytes().splitlines()
    code = "import os, sys; sys.path.append(os.fsdecode(%r))"
    pth.write_bytes(b"\n".join(x if x.isascii() else (code % x).encode() for x in lines) + b"\n")
' "$env_dir/lib/python$env_version/site-packages" || env_fail "could not finish the environment"
        printf '%s\n' "$env_want" >"$env_dir/restore-stamp"
        env_unfinished=
        env_say "the environment is ready"
    fi
    trap - EXIT HUP INT TERM
    rm -rf "$env_lock/work"
    rm -rf "$env_lock"
}
