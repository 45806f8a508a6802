# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the scripts of this folder share. Sourced, not run.
#
# Each is X.sh install|start|kill|stop|status:
#   install  gets the server with Maven, once; Java 17 and Maven must be there
#   start    starts it, empty or with what is left from before kill, and prints
#            KEY=VALUE lines with its addresses to stdout when it answers
#   kill     ends it at once, as a power cut does; what it stored stays
#   stop     ends it and removes what it stored
#   status   exits 0 when it runs and 1 otherwise
#
# environment:
#   ENGINES_CACHE        what was installed (spur-engines in the user's cache folder)
#   ENGINES_RUN          pid files, logs and data ($ENGINES_CACHE/run, with an offset run-OFFSET)
#   ENGINES_MAX_SECONDS  a server ends by itself after that (1800)
#   ENGINES_OFFSET       added to every port, for a second set of servers beside the first (0)
E2E_CACHE=${ENGINES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spur-engines}
E2E_RUN=${ENGINES_RUN:-$E2E_CACHE/run${ENGINES_OFFSET:+-$ENGINES_OFFSET}}
E2E_MAX_SECONDS=${ENGINES_MAX_SECONDS:-1800}
E2E_OFFSET=${ENGINES_OFFSET:-0}
engines=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$engines/../../../internal/conformance/e2e/lib.sh" # launch, running, finish, is_free, say, die
mkdir -p "$E2E_RUN"

# jars NAME: the jars that NAME/pom.xml asks for, in $E2E_CACHE/NAME/lib, unless they
# are there.
jars() {
  local to=$E2E_CACHE/$1 pom=$engines/$1/pom.xml
  if cmp -s "$pom" "$to/pom.xml"; then return; fi
  command -v mvn >/dev/null || die "Maven is needed: apt-get install maven openjdk-17-jre-headless"
  say "getting $1"
  rm -rf "$to"
  mkdir -p "$to"
  mvn -q -B -f "$pom" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory="$to/lib" >&2
  cp "$pom" "$to/pom.xml"
}

# need_ports PORT...: waits until all are free, and fails after 30 seconds: who was killed
# may still be on the way out.
need_ports() {
  local p i
  for p in "$@"; do
    for ((i = 0; i < 150; i++)); do
      if is_free tcp "$p"; then continue 2; fi
      sleep 0.2
    done
    die "TCP port $p is taken"
  done
}

# await NAME SECONDS COMMAND...: until it succeeds, or fails with the end of NAME's log.
await() {
  local name=$1 seconds=$2 i
  shift 2
  for ((i = 0; i < seconds * 5; i++)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    running "$name" || break
    sleep 0.2
  done
  say "$name does not answer; the end of $E2E_RUN/$name.log:"
  tail -n 20 "$E2E_RUN/$name.log" >&2
  return 1
}

# strike NAME PORT...: kill -9 what launch has started. It returns when nobody has these
# ports: what launch knows is timeout(1), which is gone before the server's last thread.
strike() {
  local name=$1 pid
  shift
  if running "$name"; then
    read -r pid _ <"$E2E_RUN/$name.pid"
    kill -KILL -- "-$pid"
    while running "$name"; do sleep 0.05; done
    need_ports "$@"
  fi
  rm -f "$E2E_RUN/$name.pid"
}

# obey COMMAND: what a script does. It has set name, data and ports, and has these:
#   prepare    makes what the server needs in the folder $data, unless it is there
#   serve      launches the server and returns when it answers
#   addresses  prints the KEY=VALUE lines
#   install    gets the server; this one does for those that are only jars
obey() {
  case ${1:-} in
  install) install ;;
  start)
    install
    if ! running "$name"; then
      need_ports "${ports[@]}"
      mkdir -p "$data"
      prepare
      serve
    fi
    addresses
    ;;
  kill) strike "$name" "${ports[@]}" ;;
  stop)
    finish "$name"
    rm -rf "$data"
    ;;
  status) running "$name" ;;
  *)
    sed -n '/^# usage/,/^[^#]/{/^[^#]/d;s/^# \{0,1\}//p}' "$0" >&2
    exit 2
    ;;
  esac
}

install() { jars "$name"; }
