# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What build.sh, jaeger.sh, agent.sh and collector.sh share. Sourced, not run.
set -euo pipefail

# Where the binaries live, and beside them pid files, logs and configurations.
E2E_CACHE=${E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spur-e2e}
E2E_RUN=${E2E_RUN:-$E2E_CACHE/run}
# Added to every port, so that several rigs can stand side by side.
E2E_OFFSET=${E2E_OFFSET:-0}
# After this many seconds a started process ends by itself.
E2E_MAX_SECONDS=${E2E_MAX_SECONDS:-900}

# Messages go to stderr: stdout is for the caller's KEY=VALUE lines.
say() { echo "e2e: $*" >&2; }
die() { say "$*"; exit 1; }

port() { echo $(($1 + E2E_OFFSET)); }
at() { echo "127.0.0.1:$(port "$1")"; }

# started_at PID: when the kernel says it started. With the pid this names a
# process for good; the pid alone may be somebody else's by now.
started_at() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The second field is the command in parentheses and may hold blanks; the next
  # one is the state. A zombie has ended.
  awk '$1 != "Z" { print $20 }' <<<"${stat##*) }"
}

# running NAME: is the process in NAME's pid file alive, and the one we started?
running() {
  local pid born
  [[ -s $E2E_RUN/$1.pid ]] || return 1
  read -r pid born <"$E2E_RUN/$1.pid"
  [[ -n $born && $(started_at "$pid") == "$born" ]]
}

# launch NAME COMMAND...: in the background, in a session of its own, for at most
# E2E_MAX_SECONDS.
launch() {
  local name=$1 pid
  shift
  setsid timeout --kill-after=5 "$E2E_MAX_SECONDS" "$@" </dev/null >"$E2E_RUN/$name.log" 2>&1 &
  pid=$!
  disown
  echo "$pid $(started_at "$pid")" >"$E2E_RUN/$name.pid"
}

# finish NAME: end it and wait until it is gone.
finish() {
  local name=$1 pid i
  if running "$name"; then
    read -r pid _ <"$E2E_RUN/$name.pid"
    kill -TERM "$pid" 2>/dev/null || true # timeout(1) hands it on
    for ((i = 0; i < 100; i++)); do
      running "$name" || break
      sleep 0.1
    done
    if running "$name"; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
    say "$name stopped"
  fi
  rm -f "$E2E_RUN/$name.pid"
}

# answers NAME URL: waits until URL answers 200, or fails with the end of NAME's log.
answers() {
  local name=$1 url=$2 i
  for ((i = 0; i < 150; i++)); do
    if curl -sf -o /dev/null --max-time 2 "$url"; then return 0; fi
    running "$name" || break
    sleep 0.2
  done
  say "$name does not answer at $url; the end of $E2E_RUN/$name.log:"
  tail -n 20 "$E2E_RUN/$name.log" >&2
  return 1
}

# says NAME TEXT: waits until TEXT stands in NAME's log, or fails with its end.
says() {
  local name=$1 text=$2 i
  for ((i = 0; i < 150; i++)); do
    if grep -qsF "$text" "$E2E_RUN/$name.log"; then return 0; fi
    running "$name" || break
    sleep 0.2
  done
  say "$name does not say \"$text\"; the end of $E2E_RUN/$name.log:"
  tail -n 20 "$E2E_RUN/$name.log" >&2
  return 1
}

# is_free NETWORK PORT: does nobody listen there? Reads /proc, opens nothing.
is_free() {
  local hex state=0A # a listening TCP socket
  hex=$(printf '%04X' "$2")
  [[ $1 == udp ]] && state=07 # an unconnected UDP socket
  ! awk -v port="$hex" -v state="$state" \
    '{ n = split($2, a, ":"); if (a[n] == port && $4 == state) found = 1 } END { exit !found }' \
    "/proc/net/$1" "/proc/net/${1}6" 2>/dev/null
}
