#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes a release of HEAD: one commit on top of it, in which the modules of this
# repository require each other by version instead of replacing each other by folders,
# with a tag for each module. All of it is made in a temporary clone, served to the go
# command as a module proxy, and tried as a user would. Then it prints what to push,
# or pushes the tags to origin. It takes a few minutes, and downloads what the modules
# depend on.
# usage: scripts/release.sh VERSION [--push]
. "$(dirname "$0")/lib.sh"

version=${1:-} push=${2:-}
if ! [[ $version =~ ^v0\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$ && ($push == "" || $push == --push) ]]; then
  echo "usage: scripts/release.sh v0.MINOR.PATCH [--push]" >&2
  exit 2
fi
if [[ -n $(git status --porcelain) ]]; then
  echo "there are changes that are not committed" >&2
  exit 1
fi
if [[ $push && -z $(grep -Fx "## $version" CHANGELOG.md) ]]; then
  echo "CHANGELOG.md has no heading \"## $version\"" >&2
  exit 1
fi
source=$PWD head=$(git rev-parse HEAD) root=$(sed -n 's/^module //p' go.mod) url=$(git remote get-url origin 2>/dev/null || true)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
git clone -q --no-tags "$source" "$tmp/clone"
cd "$tmp/clone"
git checkout -q --detach "$head"
git config user.name "$(git -C "$source" config user.name)"
git config user.email "$(git -C "$source" config user.email)"

# Module paths lead the go command to this clone, which needs no network for them.
cat >"$tmp/gitconfig" <<CONFIG
[url "file://$tmp/clone"]
	insteadOf = https://$root
CONFIG
# -trimpath: what is compiled can be used again by the next run, in another folder.
export GONOSUMDB="$root,$root/*" GOFLAGS="$(go env GOFLAGS) -mod=mod -modcacherw -trimpath"
from_tags=(env GIT_CONFIG_GLOBAL="$tmp/gitconfig" GOPROXY=direct go mod download)
others=$(go env GOPROXY)

# path_of DIRECTORY, tag_of DIRECTORY: the path by which a module is fetched, which is that
# in its go.mod unless it is there to replace another, and its tag.
path_of() { if [[ $1 == . ]]; then echo "$root"; else echo "$root/$1"; fi; }
tag_of() { if [[ $1 == . ]]; then echo "$version"; else echo "$1/$version"; fi; }

# requires DIRECTORY: the directories of the modules of ours that it requires.
requires() {
  sed -nE "s,^(require)?[[:space:]]*$root(/[^ ]*)? v.*,\2,p" "$1/go.mod" | sed 's,^/,,; s,^$,.,'
}

# Those that others can use, each behind those that it requires.
released=$(for m in $(code_modules | grep -vE '^(tools|benchmarks(/.*)?|internal/.*|backend/e2e/.*)$'); do
  echo "$m $m"
  for r in $(requires "$m"); do echo "$r $m"; done
done | tsort)

for m in $released; do
  say "$(path_of "$m")@$version"
  edits=()
  for r in $(requires "$m"); do
    edits+=("-dropreplace=$(path_of "$r")" "-require=$(path_of "$r")@$version")
  done
  if ((${#edits[@]})); then
    (cd "$m" && go mod edit "${edits[@]}" &&
      GOMODCACHE=$tmp/tidy GOPROXY="file://$tmp/made/cache/download,$others" go mod tidy)
    git commit -qam "$m: $version"
  fi
  git tag "$(tag_of "$m")"
  GOMODCACHE=$tmp/made "${from_tags[@]}" "$(path_of "$m")@$version"
done

# One commit for all tags: what a module holds does not change by it.
git reset -q --soft "$head"
git commit -q --allow-empty -m "$version"
for m in $released; do git tag -f "$(tag_of "$m")" >/dev/null; done

say "a proxy from the tags"
for m in $released; do
  GOMODCACHE=$tmp/proxy "${from_tags[@]}" "$(path_of "$m")@$version"
done
export GOPROXY="file://$tmp/proxy/cache/download,$others" GOMODCACHE=$tmp/empty

for m in $released; do
  if [[ $m == . ]]; then continue; fi
  say "$(path_of "$m"): go.mod and go.sum"
  if grep -n "^replace\|=>" "$m/go.mod"; then
    echo "$m/go.mod replaces modules: go run and go install refuse it" >&2
    exit 1
  fi
  (cd "$m" && GOMODCACHE=$tmp/tidy go mod tidy -diff)
done

say "go run $root/backend/cmd/all-in-one@$version --help, in an empty folder"
mkdir "$tmp/folder"
(cd "$tmp/folder" && go run "$root/backend/cmd/all-in-one@$version" --help | sed -n 1p)

say "go run $root/cmd/spur-doctor@$version -h, in an empty folder"
(cd "$tmp/folder" && go run "$root/cmd/spur-doctor@$version" -h 2>&1 | sed -n 1p)

say "a program that imports spur"
mkdir "$tmp/program"
cat >"$tmp/program/main.go" <<GO
package main

import (
	"fmt"

	"$root"
	"$root/spurgrpc"
	"$root/spurprom"
)

func main() {
	tracer, err := spur.New("program")
	fmt.Println("a tracer:", tracer != nil, err)
	_, _ = spurgrpc.ServerHandler(tracer), spurprom.NewCollector(tracer)
	fmt.Println("closed:", tracer.Close())
}
GO
(cd "$tmp/program" && go mod init example.org/program 2>/dev/null &&
  go get "$root@$version" "$root/spurgrpc@$version" "$root/spurprom@$version" 2>/dev/null && go run . && grep "$root" go.mod)

say "a program that imports jaeger-client-go, with the line that replaces it"
mkdir "$tmp/replaced"
cat >"$tmp/replaced/main.go" <<GO
package main

import (
	"fmt"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
)

func main() {
	reporter := jaeger.NewInMemoryReporter()
	c := config.Configuration{ServiceName: "program", Sampler: &config.SamplerConfig{Type: "const", Param: 1}}
	tracer, closer, err := c.NewTracer(config.Reporter(reporter))
	if err != nil {
		panic(err)
	}
	tracer.StartSpan("operation").Finish()
	fmt.Println("spans:", reporter.SpansSubmitted(), "closed:", closer.Close())
}
GO
(cd "$tmp/replaced" && go mod init example.org/replaced 2>/dev/null &&
  go mod edit -replace "github.com/uber/jaeger-client-go=$root/compat/jaeger-client-go@$version" &&
  go mod tidy 2>/dev/null && go run . && grep -E "$root|jaeger" go.mod)

say "$version is made of ${head::9}, and works"
# shellcheck disable=SC2046 # tags have no blanks
tags=$(for m in $released; do tag_of "$m"; done)
if [[ $push ]]; then
  # shellcheck disable=SC2086 # a list
  git push -q --atomic "$url" $tags
  echo "pushed to $url:"
else
  echo "With --push these tags would be pushed to ${url:-origin}:"
fi
printf '  %s\n' $tags
