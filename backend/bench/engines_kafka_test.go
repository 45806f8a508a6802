// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestKafkaProxyCountsProduces(t *testing.T) {
	request := func(key byte, body string) string {
		return "\x00\x00\x00" + string([]byte{byte(2 + len(body)), 0, key}) + body
	}
	all := request(produceKey, "one") + request(3, "metadata") + request(produceKey, "") + request(18, "versions") + request(produceKey, "three")
	var p kafkaProxy
	var passed bytes.Buffer
	if err := p.count(&passed, bufio.NewReader(bytes.NewReader([]byte(all)))); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v, want EOF", err)
	}
	if passed.String() != all {
		t.Errorf("passed on %q, want %q", passed.String(), all)
	}
	if n := p.produces.Load(); n != 3 {
		t.Errorf("%d produces, want 3", n)
	}
}
