// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
)

// halfStruct begins a struct and fails.
type halfStruct struct{}

var errHalf = errors.New("half")

func (halfStruct) Read(context.Context, thrift.TProtocol) error { return errHalf }

func (halfStruct) Write(ctx context.Context, p thrift.TProtocol) error {
	_ = p.WriteStructBegin(ctx, "half")
	_ = p.WriteFieldBegin(ctx, "f", thrift.I32, 5)
	return errHalf
}

func TestSerializerPoolConcurrentSafe(t *testing.T) {
	want, err := thrift.NewTSerializer().WriteString(background, batch())
	check(t, err)
	binary := thrift.NewTSerializerPool(thrift.NewTSerializer)
	compact := thrift.NewTSerializerPoolSizeFactory(10, thrift.NewTCompactProtocolFactory())
	smaller, err := compact.WriteString(background, batch())
	if err != nil || len(smaller) >= len(want) {
		t.Fatalf("compact has %d bytes, binary %d, %v", len(smaller), len(want), err)
	}
	var done sync.WaitGroup
	for range 8 {
		done.Add(1)
		go func() {
			defer done.Done()
			for range 50 {
				if got, err := binary.Write(background, batch()); string(got) != want || err != nil {
					t.Errorf("%q, %v", got, err)
				}
				if _, err := compact.Write(background, halfStruct{}); !errors.Is(err, errHalf) {
					t.Error(err)
				}
				if got, err := compact.WriteString(background, batch()); got != smaller || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			}
		}()
	}
	done.Wait()
}

func TestMemoryBuffer(t *testing.T) {
	f := thrift.NewTMemoryBufferTransportFactory(100)
	for size, below := range map[int]thrift.TTransport{100: nil, 7: thrift.NewTMemoryBufferLen(7)} {
		got, err := f.GetTransport(below)
		if b, ok := got.(*thrift.TMemoryBuffer); !ok || b.Cap() != size || err != nil {
			t.Errorf("%v, %v; want room for %d", got, err, size)
		}
	}
	if got, err := f.GetTransport((*thrift.TMemoryBuffer)(nil)); got == nil || err != nil {
		t.Error(got, err)
	}
	b := buffer([]byte("abc"))
	if b.RemainingBytes() != 3 || !b.IsOpen() || b.Open() != nil || b.Flush(background) != nil || b.Close() != nil || b.Len() != 0 {
		t.Error("not an open buffer of three bytes that Close empties")
	}
}
