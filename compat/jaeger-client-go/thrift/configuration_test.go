// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/uber/jaeger-client-go/thrift"
)

func TestConfiguration(t *testing.T) {
	for name, c := range map[string]*thrift.TConfiguration{
		"nil":   nil,
		"empty": {},
		"wrong": {MaxMessageSize: -1, MaxFrameSize: -1, ConnectTimeout: -1, SocketTimeout: -1, THeaderProtocolID: ptr(thrift.THeaderProtocolID(1))},
	} {
		if c.GetMaxMessageSize() != 100<<20 || c.GetMaxFrameSize() != 16384000 || c.GetConnectTimeout() != 0 || c.GetSocketTimeout() != 0 ||
			c.GetTLSConfig() != nil || c.GetTBinaryStrictRead() || !c.GetTBinaryStrictWrite() || c.GetTHeaderProtocolID() != thrift.THeaderProtocolBinary {
			t.Errorf("%s: not the defaults", name)
		}
	}
	c := &thrift.TConfiguration{
		MaxMessageSize: 5, MaxFrameSize: 6, ConnectTimeout: 1, SocketTimeout: 2, TLSConfig: &tls.Config{},
		TBinaryStrictRead: ptr(true), TBinaryStrictWrite: ptr(false), THeaderProtocolID: ptr(thrift.THeaderProtocolCompact),
	}
	if c.GetMaxMessageSize() != 5 || c.GetMaxFrameSize() != 5 || c.GetConnectTimeout() != 1 || c.GetSocketTimeout() != 2*time.Nanosecond ||
		c.GetTLSConfig() != c.TLSConfig || !c.GetTBinaryStrictRead() || c.GetTBinaryStrictWrite() || c.GetTHeaderProtocolID() != thrift.THeaderProtocolCompact {
		t.Error("not what was set")
	}
}

func TestTHeaderProtocolIDPtr(t *testing.T) {
	if id, err := thrift.THeaderProtocolIDPtr(2); *id != thrift.THeaderProtocolCompact || err != nil {
		t.Error(*id, err)
	}
	if id, err := thrift.THeaderProtocolIDPtr(1); *id != thrift.THeaderProtocolDefault || err == nil {
		t.Error(*id, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("Must did not panic")
		}
	}()
	thrift.THeaderProtocolIDPtrMust(1)
}

// configured remembers what was set.
type configured struct {
	*thrift.TMemoryBuffer
	conf *thrift.TConfiguration
}

func (c *configured) SetTConfiguration(conf *thrift.TConfiguration) { c.conf = conf }

func TestPropagation(t *testing.T) {
	conf := &thrift.TConfiguration{MaxMessageSize: 7}
	for name, f := range map[string]func(thrift.TTransport){
		"binary":  func(t thrift.TTransport) { thrift.NewTBinaryProtocolConf(t, conf) },
		"compact": func(t thrift.TTransport) { thrift.NewTCompactProtocolConf(t, conf) },
		"header":  func(t thrift.TTransport) { thrift.NewTHeaderProtocolConf(t, conf) },
		"factory": func(t thrift.TTransport) {
			thrift.TProtocolFactoryConf(thrift.NewTSimpleJSONProtocolFactory(), conf).GetProtocol(t)
		},
		"set": func(t thrift.TTransport) { thrift.NewTHeaderProtocol(t).SetTConfiguration(conf) },
		"transport": func(t thrift.TTransport) {
			_, _ = thrift.TTransportFactoryConf(thrift.NewTTransportFactory(), conf).GetTransport(t)
		},
		"factories": func(t thrift.TTransport) {
			f := thrift.TTransportFactoryConf(thrift.NewTHeaderTransportFactory(nil), nil)
			f.(thrift.TConfigurationSetter).SetTConfiguration(conf)
			_, _ = f.GetTransport(t)
		},
	} {
		c := &configured{TMemoryBuffer: thrift.NewTMemoryBuffer()}
		if f(c); c.conf != conf {
			t.Errorf("%s: not set", name)
		}
	}
	c := &configured{TMemoryBuffer: thrift.NewTMemoryBuffer(), conf: conf}
	for _, p := range protocols[:5] {
		if p.make(c); c.conf != conf {
			t.Errorf("%s: defaults are set", p.name)
		}
	}
}
