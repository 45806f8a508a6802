#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A Kafka broker of one node, without ZooKeeper, on 127.0.0.1. Topics are created when
# they are used, with four partitions.
# usage: kafka.sh install|start|kill|stop|status, as lib.sh says. start prints
#   KAFKA_PLAIN    host:port without a password
#   KAFKA_SASL     host:port for the user spur, password secret: PLAIN and SCRAM
#   KAFKA_TLS      host:port with TLS
#   KAFKA_CA       PEM file with who signed its certificate
#   KAFKA_BEHIND   host:port for a proxy: clients are told to come to the port after it
. "$(dirname "$0")/lib.sh"
name=kafka data=$E2E_RUN/kafka
port=$(port 19092) controller=$(port 19093) sasl=$(port 19094) tls=$(port 19095) behind=$(port 19096)
ports=($port $controller $sasl $tls $behind)

java_tool() { java -cp "$E2E_CACHE/$name/lib/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn "$@"; }

# prepare makes an empty log, with users, and a certificate.
prepare() {
  [[ ! -d $data/log ]] || return 0
  cat >"$data/server.properties" <<CONFIG
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller,SASL_PLAINTEXT://127.0.0.1:$sasl,SSL://127.0.0.1:$tls,BEHIND://127.0.0.1:$behind
advertised.listeners=PLAINTEXT://127.0.0.1:$port,SASL_PLAINTEXT://127.0.0.1:$sasl,SSL://127.0.0.1:$tls,BEHIND://127.0.0.1:$((behind + 1))
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,BEHIND:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL
log.dirs=$data/log
num.partitions=4
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_spur="secret";
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.location=$data/keys.p12
ssl.keystore.password=secret
CONFIG
  keytool -genkeypair -alias broker -keyalg EC -groupname secp256r1 -dname CN=127.0.0.1 -ext SAN=IP:127.0.0.1 \
    -validity 30 -keystore "$data/keys.p12" -storepass secret 2>/dev/null
  keytool -exportcert -rfc -alias broker -keystore "$data/keys.p12" -storepass secret >"$data/ca.pem" 2>/dev/null
  java_tool kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$data/server.properties" \
    -S 'SCRAM-SHA-256=[name=spur,password=secret]' -S 'SCRAM-SHA-512=[name=spur,password=secret]' >&2
}

serve() {
  launch "$name" java -Xms256m -Xmx512m -cp "$E2E_CACHE/$name/lib/*" kafka.Kafka "$data/server.properties"
  await "$name" 60 grep -q 'Kafka Server started' "$E2E_RUN/$name.log"
}

addresses() {
  cat <<LINES
KAFKA_PLAIN=127.0.0.1:$port
KAFKA_SASL=127.0.0.1:$sasl
KAFKA_TLS=127.0.0.1:$tls
KAFKA_CA=$data/ca.pem
KAFKA_BEHIND=127.0.0.1:$behind
LINES
}

obey "$@"
