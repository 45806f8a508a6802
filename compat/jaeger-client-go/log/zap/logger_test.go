// SPDX-License-Identifier: Apache-2.0

package zap_test

import (
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	jaegerzap "github.com/uber/jaeger-client-go/log/zap"
)

func TestLogger(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	logger := jaegerzap.NewLogger(zap.New(core))
	logger.Error("100%d lost")
	logger.Infof("%d of %s", 1, "two")
	logger.Debugf("plain")
	want := []zapcore.Entry{
		{Level: zap.ErrorLevel, Message: "100%d lost"},
		{Level: zap.InfoLevel, Message: "1 of two"},
		{Level: zap.DebugLevel, Message: "plain"},
	}
	got := logs.TakeAll()
	if len(got) != len(want) {
		t.Fatalf("%d lines", len(got))
	}
	for i := range want {
		if got[i].Level != want[i].Level || got[i].Message != want[i].Message {
			t.Errorf("%v %q, want %v %q", got[i].Level, got[i].Message, want[i].Level, want[i].Message)
		}
	}
}
