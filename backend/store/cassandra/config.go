// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"crypto/tls"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"github.com/apache/cassandra-gocql-driver/v2/snappy"
)

// Config says where Cassandra is, and how spans lie in it. Servers and Keyspace are
// needed; the zero value of the rest is what Jaeger has by default.
type Config struct {
	Servers  []string // names or addresses, of some nodes
	Port     int      // 0 is 9042
	Keyspace string
	LocalDC  string // the datacenter whose nodes are asked; "" is all

	Username, Password string
	// Authenticators are the classes of authenticators that the password is sent to. None
	// is those that the driver knows.
	Authenticators []string
	TLS            *tls.Config // nil is none

	// Consistency is that of reads and writes, such as LOCAL_QUORUM. "" is LOCAL_ONE.
	Consistency string
	// Timeout is that of a request, and ConnectTimeout that of a connection: 0 is 10 s
	// and 5 s.
	Timeout, ConnectTimeout time.Duration
	ReconnectInterval       time.Duration // of nodes that are down; 0 is 10 s
	KeepAlive               time.Duration // of connections, or 0
	Connections             int           // to each node; 0 is 2
	Attempts                int           // of a request; 0 is 3
	Protocol                int           // version of the protocol; 0 is 4
	NoCompression           bool

	Schema Schema
	Index  Index

	// NamesEvery is how long a name of a service or operation that was written is not
	// written again. 0 is 12 h.
	NamesEvery time.Duration
	// MaxScan is the number of spans that a search reads before it gives up. 0 is 20,000.
	MaxScan int
}

// Schema is how tables are created, if Create says so.
type Schema struct {
	Create           bool
	Datacenter       string        // that holds the replicas; "" is every one
	Replicas         int           // in it; 0 is 1
	TraceTTL         time.Duration // 0 is 2 days, less than 0 for ever
	DependenciesTTL  time.Duration // 0 is 2 days
	CompactionWindow time.Duration // of the table of spans; 0 is 2 h
}

// Index says which tags are indexed. All are, by default.
type Index struct {
	NoTags, NoProcessTags, NoLogs bool
	Only, Except                  []string // keys; one of them is empty
}

var keyspaceName = regexp.MustCompile(`^[A-Za-z0-9_]{1,48}$`)

// withDefaults returns c with values for what is 0, or what is wrong with it.
func (c Config) withDefaults() (Config, error) {
	if len(c.Servers) == 0 {
		return c, fmt.Errorf("no server is named")
	}
	if !keyspaceName.MatchString(c.Keyspace) {
		return c, fmt.Errorf("keyspace %.80q: not up to 48 letters, digits and _", c.Keyspace)
	}
	if len(c.Index.Only) > 0 && len(c.Index.Except) > 0 {
		return c, fmt.Errorf("tags are indexed all but some, or only some, but not both")
	}
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.Timeout, 10*time.Second)
	def(&c.ConnectTimeout, 5*time.Second)
	def(&c.ReconnectInterval, 10*time.Second)
	def(&c.NamesEvery, 12*time.Hour)
	def(&c.Schema.TraceTTL, 48*time.Hour)
	def(&c.Schema.DependenciesTTL, 48*time.Hour)
	def(&c.Schema.CompactionWindow, 2*time.Hour)
	for n, v := range map[*int]int{&c.Port: 9042, &c.Connections: 2, &c.Attempts: 3, &c.Protocol: 4, &c.Schema.Replicas: 1, &c.MaxScan: maxScan} {
		if *n == 0 {
			*n = v
		}
	}
	if c.Consistency == "" {
		c.Consistency = "LOCAL_ONE"
	}
	if _, err := gocql.ParseConsistencyWrapper(c.Consistency); err != nil {
		return c, fmt.Errorf("consistency %.40q: not one of ONE, TWO, THREE, QUORUM, ALL, LOCAL_QUORUM, EACH_QUORUM, LOCAL_ONE", c.Consistency)
	}
	return c, nil
}

// where says which keyspace this is, for messages.
func (c *Config) where() string {
	return fmt.Sprintf("keyspace %s of %s, port %d", c.Keyspace, strings.Join(c.Servers, ","), c.Port)
}

// cluster returns what the driver needs.
func (c *Config) cluster() *gocql.ClusterConfig {
	g := gocql.NewCluster(c.Servers...)
	g.Port, g.ProtoVersion, g.NumConns = c.Port, c.Protocol, c.Connections
	g.Timeout, g.WriteTimeout, g.ConnectTimeout = c.Timeout, c.Timeout, c.ConnectTimeout
	g.ReconnectInterval, g.SocketKeepalive = c.ReconnectInterval, c.KeepAlive
	g.Consistency = gocql.ParseConsistency(c.Consistency) // withDefaults has tried it
	g.RetryPolicy = &retries{gocql.ExponentialBackoffRetryPolicy{NumRetries: c.Attempts - 1, Min: 50 * time.Millisecond, Max: time.Second}}
	g.DefaultIdempotence = true // rows are written whole, or read
	hosts := gocql.RoundRobinHostPolicy()
	if c.LocalDC != "" {
		hosts = gocql.DCAwareRoundRobinPolicy(c.LocalDC)
	}
	g.PoolConfig.HostSelectionPolicy = gocql.TokenAwareHostPolicy(hosts, gocql.ShuffleReplicas())
	if !c.NoCompression {
		g.Compressor = snappy.SnappyCompressor{}
	}
	if c.Username != "" {
		g.Authenticator = gocql.PasswordAuthenticator{
			Username: c.Username, Password: c.Password, AllowedAuthenticators: slices.DeleteFunc(slices.Clone(c.Authenticators), func(s string) bool { return s == "" }),
		}
	}
	if c.TLS != nil {
		g.SslOpts = &gocql.SslOptions{Config: c.TLS, EnableHostVerification: !c.TLS.InsecureSkipVerify}
	}
	return g
}
