// SPDX-License-Identifier: Apache-2.0

// Package broker connects to Kafka: addresses, TLS, passwords, and whether anyone
// answers.
package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/go-spur/spur/backend/send"
)

// Config says where brokers are and how to speak to them.
type Config struct {
	Addresses []string // host:port of some, who know the others
	// Mechanism is how User and Password are shown: PLAIN, SCRAM-SHA-256,
	// SCRAM-SHA-512, or "" for not at all.
	Mechanism, User, Password string
	TLS                       send.TLS
}

// Where names the brokers.
func (c *Config) Where() string { return strings.Join(c.Addresses, ", ") }

// dialTime is how long connecting to a broker may take, TLS included.
const dialTime = 5 * time.Second

// Options returns what clients of these brokers have in common. The files of TLS are
// read again for each connection.
func (c *Config) Options() ([]kgo.Opt, error) {
	o := []kgo.Opt{kgo.SeedBrokers(c.Addresses...), kgo.RetryTimeout(retryTime)}
	if c.TLS.Enabled {
		if _, err := c.TLS.Config(); err != nil {
			return nil, fmt.Errorf("kafka: TLS: %w", err)
		}
		o = append(o, kgo.Dialer(c.dialTLS))
	} else {
		o = append(o, kgo.Dialer((&net.Dialer{Timeout: dialTime}).DialContext))
	}
	m, err := c.mechanism()
	if err != nil {
		return nil, err
	}
	if m != nil {
		o = append(o, kgo.SASL(m))
	}
	return o, nil
}

// retryTime is how long a request other than producing and fetching is tried again.
const retryTime = 10 * time.Second

func (c *Config) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	config, err := c.TLS.Config()
	if err != nil {
		return nil, err
	}
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTime}, Config: config}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	return d.DialContext(ctx, network, addr)
}

func (c *Config) mechanism() (sasl.Mechanism, error) {
	switch c.Mechanism {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Auth{User: c.User, Pass: c.Password}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scram.Auth{User: c.User, Pass: c.Password}.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: c.User, Pass: c.Password}.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("kafka: there is no mechanism %.40q: use PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", c.Mechanism)
}

// pingTime is how long a broker may take to answer.
const pingTime = 5 * time.Second

// Ping returns nil when a broker answers, or why none does.
func Ping(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	err := client.Ping(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no broker answers within %v", pingTime)
	}
	return err
}

// IsRefused reports whether a broker answered that it does not let this client in, or
// is not the one that its certificate should name. Asking again does not help.
func IsRefused(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate) || errors.Is(err, kerr.SaslAuthenticationFailed) ||
		errors.Is(err, kerr.UnsupportedSaslMechanism) || errors.Is(err, kerr.IllegalSaslState)
}
