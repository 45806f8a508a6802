# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What elasticsearch.sh, elasticsearch7.sh and opensearch.sh share: one node on 127.0.0.1,
# 512 MB of heap, without the security module. Sourced, not run, with these set:
#   name       of the script, and of the folder with the pom.xml
#   program    elasticsearch or opensearch
#   port       of HTTP; that of the nodes among themselves is 100 higher
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
port=$(port "$port")
ports=($port $((port + 100)))
data=$E2E_RUN/$name home=$E2E_CACHE/$name/home
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}

# install unpacks the distribution. The one that Maven has leaves out most modules.
install() {
  jars "$name"
  [[ ! -f $home/bin/$program ]] || return 0
  rm -rf "$home.new" "$home"
  (cd "$E2E_CACHE/$name" && "$java_home/bin/jar" xf lib/*.zip) || die "cannot unpack $name"
  mv "$E2E_CACHE/$name/$program"-* "$home.new"
  chmod +x "$home.new"/bin/*
  if declare -F extend >/dev/null; then extend "$home.new"; fi
  mv "$home.new" "$home"
}

# prepare makes the configuration, also where data is left: the port may be another. A disk
# that others have filled to 90 % does not keep the server from making shards.
prepare() {
  mkdir -p "$data/config"
  cp "$home"/config/{jvm.options,log4j2.properties} "$data/config/"
  cat >"$data/config/$program.yml" <<CONFIG
cluster.name: spur
node.name: one
network.host: 127.0.0.1
http.port: $port
transport.port: $((port + 100))
discovery.type: single-node
cluster.max_shards_per_node: 3000
cluster.routing.allocation.disk.threshold_enabled: false
path.data: $data/data
path.logs: $data/logs
path.repo: $data/snapshots
CONFIG
  if [[ $program == elasticsearch ]]; then echo "xpack.security.enabled: false" >>"$data/config/$program.yml"; fi
}

serve() {
  local variable=OPENSEARCH as=()
  if [[ $program == elasticsearch ]]; then variable=ES; fi
  # The server does not run as root: it is shown another user, who owns the same files.
  if [[ $(id -u) == 0 ]]; then as=(unshare --user --map-user=1000 --map-group=1000); fi
  launch "$name" env "${variable}_PATH_CONF=$data/config" "${variable}_JAVA_OPTS=-Xms512m -Xmx512m -XX:TieredStopAtLevel=1" \
    "${variable}_JAVA_HOME=$java_home" "JAVA_HOME=$java_home" "${as[@]}" "$home/bin/$program"
  await "$name" 120 curl -sf --max-time 2 "http://127.0.0.1:$port/_cluster/health?wait_for_status=yellow"
}

addresses() { echo "ELASTIC=http://127.0.0.1:$port"; }

obey "$@"
