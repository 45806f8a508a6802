// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package spur_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurtest"
)

func TestGo(t *testing.T) { synctest.Test(t, testGo) }

func testGo(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	ctx, request := tracer.Start(ctx, "request")
	release := make(chan struct{})
	spur.Go(ctx, "mail", func(ctx context.Context) {
		<-release
		if err := ctx.Err(); err != nil {
			t.Errorf("fn's context: %v", err)
		}
		spur.SpanFromContext(ctx).SetString("to", "ada")
	})
	cancel()
	request.Finish()
	close(release)
	synctest.Wait()
	if n := len(spans.Spans()); n != 2 {
		t.Fatalf("%d spans", n)
	}
	mail := spans.Spans()[1]
	if mail.Operation != "mail" || mail.ParentID != request.SpanContext().SpanID() ||
		len(mail.References) != 1 || mail.References[0].Type != model.FollowsFrom {
		t.Errorf("got %+v", mail)
	}
}
