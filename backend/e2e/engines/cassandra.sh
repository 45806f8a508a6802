#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A Cassandra of one node on 127.0.0.1, which wants a password, with TLS for those who
# want it.
# usage: cassandra.sh install|start|kill|stop|status, as lib.sh says. start prints
#   CASSANDRA           host:port; user and password are cassandra
#   CASSANDRA_CA        PEM file with who signed its certificate
# environment, beside that of lib.sh:
#   CASSANDRA_COMMITLOG=periodic  a write does not wait for the disk, as by Cassandra's default
. "$(dirname "$0")/lib.sh"
name=cassandra data=$E2E_RUN/cassandra
port=$(port 19042) storage=$(port 17000)
ports=($port $storage)

# With periodic, Cassandra's default, a process that is killed loses what it took since it
# last marked its log, up to 0.1 s. With batch what is acknowledged is on the disk, and a
# write costs more.
commitlog="commitlog_sync: batch"
if [[ ${CASSANDRA_COMMITLOG:-} == periodic ]]; then commitlog=$'commitlog_sync: periodic\ncommitlog_sync_period: 10s'; fi

# prepare makes the configuration and a certificate.
prepare() {
  [[ ! -d $data/data ]] || return 0
  cat >"$data/cassandra.yaml" <<YAML
cluster_name: spur
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{seeds: "127.0.0.1:$storage"}]
auto_bootstrap: false
listen_address: 127.0.0.1
storage_port: $storage
rpc_address: 127.0.0.1
native_transport_port: $port
authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
permissions_validity: 0ms
client_encryption_options:
  enabled: true
  optional: true
  keystore: $data/keys.p12
  keystore_password: secret
  store_type: PKCS12
data_file_directories: [$data/data]
commitlog_directory: $data/commitlog
saved_caches_directory: $data/saved_caches
hints_directory: $data/hints
cdc_raw_directory: $data/cdc
$commitlog
concurrent_reads: 8
concurrent_writes: 8
file_cache_size: 32MiB
# Tests make hundreds of tables: a slab of 1 MiB for each is more than the heap.
memtable_allocation_type: unslabbed_heap_buffers
YAML
  cat >"$data/logback.xml" <<'XML'
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder></appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
XML
  keytool -genkeypair -alias node -keyalg RSA -keysize 2048 -dname CN=127.0.0.1 -ext SAN=IP:127.0.0.1 \
    -validity 30 -keystore "$data/keys.p12" -storetype PKCS12 -storepass secret 2>/dev/null
  keytool -exportcert -rfc -alias node -keystore "$data/keys.p12" -storepass secret >"$data/ca.pem" 2>/dev/null
}

# What Cassandra's own conf/jvm17-server.options opens of the JDK.
opens() {
  local p
  for p in java.base/jdk.internal.misc java.base/java.lang.ref java.management.rmi/com.sun.jmx.remote.internal.rmi \
    java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.rmi/sun.rmi.transport.tcp java.sql/java.sql jdk.unsupported/sun.misc; do
    echo "--add-exports=$p=ALL-UNNAMED"
  done
  for p in java.base/{java.io,java.lang,java.lang.module,java.lang.reflect,java.net,java.nio,java.nio.charset,java.nio.file.spi,java.util,java.util.concurrent,java.util.concurrent.atomic} \
    java.base/jdk.internal.{loader,math,module,ref,reflect,util.jar} java.base/sun.nio.ch jdk.management.jfr/jdk.management.jfr \
    jdk.management/com.sun.management.internal; do
    echo "--add-opens=$p=ALL-UNNAMED"
  done
}

serve() {
  local lib=$E2E_CACHE/$name/lib options
  mapfile -t options < <(opens)
  launch "$name" java -Xms768m -Xmx768m -XX:+UseG1GC -XX:MaxDirectMemorySize=256m -javaagent:"$(echo "$lib"/jamm-*.jar)" \
    -Djdk.attach.allowAttachSelf=true "${options[@]}" -Dcassandra.config="file://$data/cassandra.yaml" -Dcassandra.storagedir="$data" \
    -Dcassandra.superuser_setup_delay_ms=0 -Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra-foreground=yes \
    -Djava.io.tmpdir="$data" -Dlogback.configurationFile="$data/logback.xml" -cp "$lib/*" org.apache.cassandra.service.CassandraDaemon
  await "$name" 120 grep -q 'Startup complete' "$E2E_RUN/$name.log"
  await "$name" 60 sh -c "grep -q \"Created default superuser role\" '$E2E_RUN/$name.log' || [ -f '$data/used' ]"
  touch "$data/used"
}

addresses() {
  cat <<LINES
CASSANDRA=127.0.0.1:$port
CASSANDRA_CA=$data/ca.pem
LINES
}

obey "$@"
