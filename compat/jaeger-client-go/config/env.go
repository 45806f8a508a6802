// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/uber/jaeger-client-go"
)

const (
	envServiceName            = "JAEGER_SERVICE_NAME"
	envDisabled               = "JAEGER_DISABLED"
	envTags                   = "JAEGER_TAGS"
	env128Bit                 = "JAEGER_TRACEID_128BIT"
	envRPCMetrics             = "JAEGER_RPC_METRICS"
	envSamplerType            = "JAEGER_SAMPLER_TYPE"
	envSamplerParam           = "JAEGER_SAMPLER_PARAM"
	envSamplingEndpoint       = "JAEGER_SAMPLING_ENDPOINT"
	envSamplerManagerHostPort = "JAEGER_SAMPLER_MANAGER_HOST_PORT"
	envSamplerMaxOperations   = "JAEGER_SAMPLER_MAX_OPERATIONS"
	envSamplerRefreshInterval = "JAEGER_SAMPLER_REFRESH_INTERVAL"
	envMaxQueueSize           = "JAEGER_REPORTER_MAX_QUEUE_SIZE"
	envFlushInterval          = "JAEGER_REPORTER_FLUSH_INTERVAL"
	envLogSpans               = "JAEGER_REPORTER_LOG_SPANS"
	envReconnectingDisabled   = "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED"
	envReconnectInterval      = "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL"
	envEndpoint               = "JAEGER_ENDPOINT"
	envUser                   = "JAEGER_USER"
	envPassword               = "JAEGER_PASSWORD"
	envAgentHost              = "JAEGER_AGENT_HOST"
	envAgentPort              = "JAEGER_AGENT_PORT"
)

var errNegative = errors.New("negative")

// FromEnv returns what the environment variables say. The error names a variable that
// cannot be used, and its value. Sampler and Reporter are never nil.
func FromEnv() (*Configuration, error) { return new(Configuration).FromEnv() }

// FromEnv sets the fields for which there are environment variables, and returns c. After
// an error some may be set.
func (c *Configuration) FromEnv() (*Configuration, error) {
	if c.Sampler == nil {
		c.Sampler = &SamplerConfig{}
	}
	if c.Reporter == nil {
		c.Reporter = &ReporterConfig{}
	}
	text(envServiceName, &c.ServiceName)
	err := first(
		func() error { return parsed(envRPCMetrics, &c.RPCMetrics, strconv.ParseBool) },
		func() error { return parsed(envDisabled, &c.Disabled, strconv.ParseBool) },
		func() error { return parsed(envTags, &c.Tags, parseTags) },
		func() error { return parsed(env128Bit, &c.Gen128Bit, strconv.ParseBool) },
		func() error { return within("sampler", c.Sampler.fromEnv()) },
		func() error { return within("reporter", c.Reporter.fromEnv()) },
	)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (sc *SamplerConfig) fromEnv() error {
	text(envSamplerType, &sc.Type)
	if host := getenv(envAgentHost); host != "" {
		sc.SamplingServerURL = fmt.Sprintf("http://%s:%d/sampling", bracketed(host), jaeger.DefaultSamplingServerPort)
	}
	text(envSamplerManagerHostPort, &sc.SamplingServerURL)
	text(envSamplingEndpoint, &sc.SamplingServerURL)
	return first(
		func() error { return parsed(envSamplerParam, &sc.Param, parseFloat) },
		func() error { return parsed(envSamplerMaxOperations, &sc.MaxOperations, parseInt) },
		func() error {
			return parsed(envSamplerRefreshInterval, &sc.SamplingRefreshInterval, time.ParseDuration)
		},
	)
}

func (rc *ReporterConfig) fromEnv() error {
	err := first(
		func() error { return parsed(envMaxQueueSize, &rc.QueueSize, parseInt) },
		func() error { return parsed(envFlushInterval, &rc.BufferFlushInterval, time.ParseDuration) },
		func() error { return parsed(envLogSpans, &rc.LogSpans, strconv.ParseBool) },
	)
	switch {
	case err != nil:
		return err
	case getenv(envEndpoint) != "":
		return rc.collectorFromEnv()
	}
	return rc.agentFromEnv()
}

func (rc *ReporterConfig) collectorFromEnv() error {
	if err := parsed(envEndpoint, &rc.CollectorEndpoint, parseURL); err != nil {
		return err
	}
	rc.User, rc.Password = getenv(envUser), getenv(envPassword)
	if (rc.User == "") != (rc.Password == "") {
		return fmt.Errorf("you must set %s and %s env vars together", envUser, envPassword)
	}
	return nil
}

func (rc *ReporterConfig) agentFromEnv() error {
	host, port := jaeger.DefaultUDPSpanServerHost, jaeger.DefaultUDPSpanServerPort
	text(envAgentHost, &host)
	if err := parsed(envAgentPort, &port, parseInt); err != nil {
		return err
	}
	if rc.LocalAgentHostPort == "" || getenv(envAgentHost) != "" || getenv(envAgentPort) != "" {
		rc.LocalAgentHostPort = fmt.Sprintf("%s:%d", bracketed(host), port)
	}
	if err := parsed(envReconnectingDisabled, &rc.DisableAttemptReconnecting, strconv.ParseBool); err != nil || rc.DisableAttemptReconnecting {
		return err
	}
	return parsed(envReconnectInterval, &rc.AttemptReconnectInterval, parseReconnect)
}

// bracketed is a host as it stands in front of a port: IPv6 addresses have brackets there.
func bracketed(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return "[" + host + "]"
	}
	return host
}

// first calls functions up to the first that fails.
func first(functions ...func() error) error {
	for _, f := range functions {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func within(part string, err error) error {
	if err != nil {
		return fmt.Errorf("cannot obtain %s config from env: %w", part, err)
	}
	return nil
}

// getenv returns the value of a variable, "" when it is not set.
func getenv(name string) string { return os.Getenv(name) } //nolint:forbidigo // all of FromEnv's reading is here

// text takes over a variable that is set.
func text(name string, to *string) {
	if value := getenv(name); value != "" {
		*to = value
	}
}

// parsed takes over a variable that is set, as parse understands it.
func parsed[T any](name string, to *T, parse func(string) (T, error)) error {
	value := getenv(name)
	if value == "" {
		return nil
	}
	v, err := parse(value)
	switch hidden := shown(value); {
	case err == nil:
		*to = v
		return nil
	case hidden == value:
		return fmt.Errorf("cannot parse env var %s=%s: %w", name, value, err)
	default: // err quotes the whole value
		return fmt.Errorf("cannot parse env var %s=%s", name, hidden)
	}
}

// shown is a value for an error: cut when long, and without the credentials of a URL.
func shown(value string) string {
	if at := strings.LastIndexByte(value, '@'); at >= 0 {
		if from := strings.Index(value[:at], "//"); from >= 0 {
			value = value[:from+2] + "***" + value[at:]
		}
	}
	if len(value) > maxShown {
		value = strings.ToValidUTF8(value[:maxShown], "") + "…"
	}
	return value
}

func parseFloat(s string) (float64, error) { return strconv.ParseFloat(s, 64) }

func parseInt(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 0)
	return int(n), err
}

// parseReconnect refuses what is negative, which elsewhere means the default.
func parseReconnect(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		err = errNegative
	}
	return d, err
}

func parseURL(s string) (string, error) {
	u, err := url.ParseRequestURI(s)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}
