#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Elasticsearch 8.
# usage: elasticsearch.sh install|start|kill|stop|status, as lib.sh says. start prints
#   ELASTIC   the URL
name=elasticsearch program=elasticsearch port=19200

# extend adds the module that answers GET /, which Jaeger asks for the version.
extend() {
  local to=$1/modules/rest-root version
  version=$(sed -n 's:.*<version>\([0-9.]*\)</version>:\1:p' "$engines/$name/pom.xml" | tail -n 1)
  mkdir -p "$to" "$E2E_CACHE/$name/classes"
  "$java_home/bin/javac" -nowarn -d "$E2E_CACHE/$name/classes" -cp "$1/lib/*" "$engines/$name/RootPlugin.java" >&2
  (cd "$E2E_CACHE/$name/classes" && "$java_home/bin/jar" cf "$to/rest-root.jar" .)
  cat >"$to/plugin-descriptor.properties" <<PLUGIN
description=GET /
name=rest-root
classname=spur.RootPlugin
version=$version
elasticsearch.version=$version
java.version=17
PLUGIN
}

. "$(dirname "$0")/search-server.sh"
