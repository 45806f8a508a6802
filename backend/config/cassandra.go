// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/spf13/pflag"
)

const cassandra = "cassandra"

// CassandraKeyspace says where a keyspace is and how to speak to its servers.
type CassandraKeyspace struct {
	Servers                 []string
	Port                    int
	Keyspace, LocalDC       string
	User, Password          string
	Authenticators          []string
	Consistency             string
	Timeout, ConnectTimeout time.Duration
	Reconnect, KeepAlive    time.Duration
	Connections, Attempts   int
	Protocol                int
	NoCompression           bool
	TLS                     ClientTLS
}

// Cassandra is what the store "cassandra" needs to know.
type Cassandra struct {
	CassandraKeyspace
	// Archive is the keyspace of archived traces, if there is one. What is empty in it is
	// that of the other.
	Archive       CassandraKeyspace
	ArchiveWanted bool

	Create                                 bool
	Datacenter                             string
	Replicas                               int
	TraceTTL, DependenciesTTL, Window      time.Duration
	NamesEvery                             time.Duration
	IndexTags, IndexLogs, IndexProcessTags bool
	IndexedExcept, IndexedOnly             []string
}

func defaultCassandra() Cassandra {
	return Cassandra{
		CassandraKeyspace: CassandraKeyspace{
			Servers: []string{"127.0.0.1"}, Port: 9042, Keyspace: "jaeger_v1_test", Consistency: "LOCAL_ONE",
			Timeout: 10 * time.Second, ConnectTimeout: 5 * time.Second, Reconnect: 10 * time.Second,
			Connections: 2, Attempts: 3, Protocol: 4,
		},
		Replicas: 1, TraceTTL: 48 * time.Hour, DependenciesTTL: 48 * time.Hour, Window: 2 * time.Hour,
		NamesEvery: 12 * time.Hour, IndexTags: true, IndexLogs: true, IndexProcessTags: true,
	}
}

var consistencies = plain("ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "LOCAL_ONE")

// options lists those that both keyspaces have.
func (k *CassandraKeyspace) options(flag, env, whenEmpty string) []option {
	row := func(name, variable string, v pflag.Value, help string) option {
		return option{flag + "." + name, env + "_" + variable, v, help, whenEmpty, stores}
	}
	return append([]option{
		row("servers", "SERVERS", list(&k.Servers), "some of Cassandra's nodes"),
		row("port", "PORT", count(&k.Port, 0, 65535), "port of all nodes"),
		row("keyspace", "KEYSPACE", text(&k.Keyspace), "keyspace of traces"),
		row("local-dc", "LOCAL_DC", text(&k.LocalDC), "datacenter whose nodes are asked; when empty, all are"),
		row("consistency", "CONSISTENCY", choice(&k.Consistency, append(slices.Clone(consistencies), word{"ANY", "spans could not be read again: use ONE"})), "how many replicas must have what is written, and answer"),
		row("username", "USERNAME", text(&k.User), "user to log in as; nobody when empty"),
		row("password", "PASSWORD", password(&k.Password), "password of that user"),
		row("basic.allowed-authenticators", "BASIC_ALLOWED_AUTHENTICATORS", list(&k.Authenticators), "classes of authenticators that may see the password; when empty, those that are known"),
		row("timeout", "TIMEOUT", interval(&k.Timeout), "how long a request may take"),
		row("connect-timeout", "CONNECT_TIMEOUT", interval(&k.ConnectTimeout), "how long a connection may take to be made"),
		row("reconnect-interval", "RECONNECT_INTERVAL", interval(&k.Reconnect), "how often nodes that are down are tried"),
		row("socket-keep-alive", "SOCKET_KEEP_ALIVE", interval(&k.KeepAlive), "how often idle connections are probed; 0 is the system's"),
		row("connections-per-host", "CONNECTIONS_PER_HOST", count(&k.Connections, 0, 100), "connections to each node"),
		row("max-retry-attempts", "MAX_RETRY_ATTEMPTS", count(&k.Attempts, 0, 100), "attempts of a request"),
		row("proto-version", "PROTO_VERSION", count(&k.Protocol, 0, 5), "version of Cassandra's protocol"),
		row("disable-compression", "DISABLE_COMPRESSION", boolean(&k.NoCompression), "do not compress what is sent, for servers without Snappy"),
	}, k.TLS.options(flag+".tls", env+"_TLS", "use TLS", stores)...)
}

func (c *Cassandra) options() []option {
	const flag, env = "cassandra", "CASSANDRA"
	all := c.CassandraKeyspace.options(flag, env, "")
	all = append(all, []option{
		{flag + ".schema.create", env + "_SCHEMA_CREATE", boolean(&c.Create), "create Jaeger's schema v004, as far as it is not there", "", stores},
		{flag + ".schema.datacenter", env + "_SCHEMA_DATACENTER", text(&c.Datacenter), "datacenter of the replicas, when the keyspace is created", "all", stores},
		{flag + ".schema.replication-factor", env + "_SCHEMA_REPLICATION_FACTOR", count(&c.Replicas, 1, 100), "replicas in a datacenter, when the keyspace is created", "", stores},
		{flag + ".schema.trace-ttl", env + "_SCHEMA_TRACE_TTL", durationFrom(&c.TraceTTL, time.Second), "how long spans are kept, when tables are created", "", stores},
		{flag + ".schema.dependencies-ttl", env + "_SCHEMA_DEPENDENCIES_TTL", durationFrom(&c.DependenciesTTL, time.Second), "how long dependencies are kept, when their table is created", "", stores},
		{flag + ".schema.compaction-window", env + "_SCHEMA_COMPACTION_WINDOW", durationFrom(&c.Window, time.Minute), "spans of how long a time are compacted together, when their table is created", "", stores},
		{flag + ".span-store-write-cache-ttl", env + "_SPAN_STORE_WRITE_CACHE_TTL", durationFrom(&c.NamesEvery, time.Second), "how often the name of a service or operation is written again", "", stores},
		{flag + ".index.tags", env + "_INDEX_TAGS", boolean(&c.IndexTags), "index the tags of spans", "", stores},
		{flag + ".index.logs", env + "_INDEX_LOGS", boolean(&c.IndexLogs), "index the fields of logs", "", stores},
		{flag + ".index.process-tags", env + "_INDEX_PROCESS_TAGS", boolean(&c.IndexProcessTags), "index the tags of processes", "", stores},
		{flag + ".index.tag-blacklist", env + "_INDEX_TAG_BLACKLIST", list(&c.IndexedExcept), "keys of tags that are not indexed", "", stores},
		{flag + ".index.tag-whitelist", env + "_INDEX_TAG_WHITELIST", list(&c.IndexedOnly), "the only keys of tags that are indexed", "", stores},
		{flag + "-archive.enabled", env + "_ARCHIVE_ENABLED", boolean(&c.ArchiveWanted), "archive traces in a keyspace of their own", "", stores},
	}...)
	return append(all, c.Archive.options(flag+"-archive", env+"_ARCHIVE", "that of cassandra")...)
}

// OfArchive returns Archive, with what it has not said itself from the other keyspace.
func (c *Cassandra) OfArchive() CassandraKeyspace {
	a, k := c.Archive, &c.CassandraKeyspace
	if len(a.Servers) == 0 {
		a.Servers = k.Servers
	}
	if len(a.Authenticators) == 0 {
		a.Authenticators = k.Authenticators
	}
	if a.User == "" {
		a.User, a.Password = k.User, k.Password
	}
	if a.TLS == (ClientTLS{}) {
		a.TLS = k.TLS
	}
	a.Port, a.LocalDC, a.Consistency = cmp.Or(a.Port, k.Port), cmp.Or(a.LocalDC, k.LocalDC), cmp.Or(a.Consistency, k.Consistency)
	a.Timeout, a.ConnectTimeout = cmp.Or(a.Timeout, k.Timeout), cmp.Or(a.ConnectTimeout, k.ConnectTimeout)
	a.Reconnect, a.KeepAlive = cmp.Or(a.Reconnect, k.Reconnect), cmp.Or(a.KeepAlive, k.KeepAlive)
	a.Connections, a.Attempts, a.Protocol = cmp.Or(a.Connections, k.Connections), cmp.Or(a.Attempts, k.Attempts), cmp.Or(a.Protocol, k.Protocol)
	a.NoCompression = a.NoCompression || k.NoCompression
	return a
}

// checkCassandra returns what is missing, or of no use.
func (c *Config) checkCassandra() (wrong []error) {
	k := &c.Cassandra
	if !slices.Contains(c.Storages(), cassandra) {
		return nil
	}
	wrong = append(wrong, k.check("cassandra")...)
	if len(k.Servers) == 0 {
		wrong = append(wrong, errors.New("cassandra.servers: is empty"))
	}
	if len(k.IndexedExcept) > 0 && len(k.IndexedOnly) > 0 {
		wrong = append(wrong, errors.New("cassandra.index: tag-blacklist or tag-whitelist, not both"))
	}
	switch {
	case !k.ArchiveWanted && !reflect.DeepEqual(k.Archive, CassandraKeyspace{}):
		wrong = append(wrong, errors.New("cassandra-archive.*: no use without cassandra-archive.enabled"))
	case k.ArchiveWanted && k.Archive.Keyspace == "":
		wrong = append(wrong, errors.New("cassandra-archive.enabled: needs cassandra-archive.keyspace"))
	case k.ArchiveWanted:
		wrong = append(wrong, k.Archive.check("cassandra-archive")...)
	}
	return wrong
}

func (k *CassandraKeyspace) check(prefix string) (wrong []error) {
	if k.User == "" && k.Password != "" {
		wrong = append(wrong, fmt.Errorf("%s.password: no use without %[1]s.username", prefix))
	}
	if !k.TLS.Enabled && k.TLS != (ClientTLS{}) {
		wrong = append(wrong, fmt.Errorf("%s.tls.*: no use without %[1]s.tls.enabled", prefix))
	}
	if k.TLS.SkipVerify && k.TLS.CA != "" {
		wrong = append(wrong, fmt.Errorf("%s.tls: no use of ca with skip-host-verify", prefix))
	}
	return append(wrong, k.TLS.check(prefix+".tls")...)
}
