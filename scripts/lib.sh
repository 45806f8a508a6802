# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the other scripts share. Sourced, not run: afterwards the working
# directory is the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Every module is built as its users build it, also where someone has a go.work.
export GOWORK=off

say() { printf '\n== %s\n' "$*"; }

# sources PREDICATE...: the paths of the repository's files that find(1) selects.
sources() {
  find . \( -name '.?*' -o -name '_*' -o -name bin -o -name testdata -o -name vendor -o -name node_modules \) -prune \
    -o -type f "$@" -print | sed 's,^\./,,' | LC_ALL=C sort
}

# modules: the directories that hold a go.mod, the root first.
modules() { sources -name go.mod | xargs -n1 dirname | LC_ALL=C sort; }

# code_modules: those with Go code of their own.
code_modules() {
  local m
  for m in $(modules); do
    if [[ -n $(find "$m" -name '*.go' -print -quit) ]]; then echo "$m"; fi
  done
}

# test_functions PREFIX: "directory name" of each top-level test, fuzz target or
# benchmark whose name matches the extended regular expression.
test_functions() {
  local f
  while read -r f; do
    sed -nE "s,^func ($1)\(.*,$(dirname "$f") \1,p" "$f"
  done < <(sources -name '*_test.go')
}

# by_module: a line for each module of the directories it reads, "module ./package ...".
by_module() {
  local dir m
  while read -r dir; do
    m=$dir
    until [[ -f $m/go.mod ]]; do m=$(dirname "$m"); done
    echo "$m ./$(realpath --relative-to="$m" "$dir")"
  done | awk '{ packages[$1] = packages[$1] " " $2 } END { for (m in packages) print m packages[m] }' | LC_ALL=C sort
}

# linked_modules: those that users link; the backend is one that they run.
linked_modules() { code_modules | grep -vE '^(backend|benchmarks|examples|internal|tools)(/|$)'; }

# go_vet PACKAGE...: go vet, apart from the signatures of methods whose names the standard
# library has, as Thrift's own ReadByte: lint looks at those, where they are not Thrift's.
go_vet() { go vet -stdmethods=false "$@"; }
