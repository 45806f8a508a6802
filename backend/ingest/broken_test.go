// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestBrokenOnce: messages that cannot be unpacked are given up once, however often they
// are read until they are settled, and with them nothing that comes after.
func TestBrokenOnce(t *testing.T) {
	for name, err := range map[string]error{"too large": &kgo.ErrDecompressTooLarge{Offset: 5, NextOffset: 8}, "unreadable": errors.New("unexpected EOF")} {
		in := &Ingester{}
		at := &place{next: 5}
		p := &kgo.FetchTopicPartition{Topic: "t", FetchPartition: kgo.FetchPartition{Err: &kgo.ErrDecompressTooLarge{Offset: 5, NextOffset: 8}}}
		if !in.broken(at, p) {
			t.Fatalf("%s: there is no way on", name)
		}
		p.Err = err
		for range 2 * triesUnpack {
			if in.broken(at, p) {
				t.Errorf("%s: they are given up again", name)
			}
		}
		if len(in.waiting) != 1 || in.waiting[0].offsets != 3 || at.next != 8 {
			t.Errorf("%s: %d messages wait, and %d comes next; want one, for 5 to 7", name, len(in.waiting), at.next)
		}
	}
}

// TestAskEndOfNothing: where there are no messages there is nothing to pass.
func TestAskEndOfNothing(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	in := &Ingester{config: Config{Topic: "t"}, client: client, admin: kadm.NewClient(client), stopping: t.Context()}
	if next, _, err := in.askEnd(0, 0); err == nil {
		t.Errorf("%d comes after nothing, want an error", next)
	}
}
