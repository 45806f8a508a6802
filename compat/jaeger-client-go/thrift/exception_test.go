// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
)

func TestPrependError(t *testing.T) {
	cause := errors.New("cause")
	for _, tc := range []struct {
		err  error
		kind thrift.TExceptionType
		id   int // −1: it has none
	}{
		{cause, thrift.TExceptionTypeUnknown, -1},
		{thrift.WrapTException(cause), thrift.TExceptionTypeUnknown, -1},
		{thrift.NewTTransportException(thrift.TIMED_OUT, "cause"), thrift.TExceptionTypeTransport, thrift.TIMED_OUT},
		{thrift.NewTProtocolExceptionWithType(thrift.SIZE_LIMIT, cause), thrift.TExceptionTypeProtocol, thrift.SIZE_LIMIT},
		{thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, "cause"), thrift.TExceptionTypeApplication, thrift.UNKNOWN_METHOD},
		{fmt.Errorf("%w", thrift.NewTTransportException(thrift.TIMED_OUT, "cause")), thrift.TExceptionTypeTransport, -1},
		{fmt.Errorf("%w", thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, "cause")), thrift.TExceptionTypeApplication, thrift.UNKNOWN_METHOD},
	} {
		err := thrift.PrependError("before ", tc.err)
		id := -1
		switch e := err.(type) {
		case interface{ TypeId() int }:
			id = e.TypeId()
		case interface{ TypeId() int32 }:
			id = int(e.TypeId())
		}
		if kind := thrift.WrapTException(err).TExceptionType(); err.Error() != "before cause" || kind != tc.kind || id != tc.id {
			t.Errorf("%T: %q of kind %d and type %d", tc.err, err, kind, id)
		}
	}
	if err := thrift.PrependError("", thrift.NewTTransportExceptionFromError(io.EOF)); !errors.Is(err, io.EOF) {
		t.Errorf("%v does not wrap its cause", err)
	}
}

func TestExceptionsFromErrors(t *testing.T) {
	if thrift.WrapTException(nil) != nil || thrift.NewTProtocolException(nil) != nil ||
		thrift.NewTProtocolExceptionWithType(1, nil) != nil || thrift.NewTTransportExceptionFromError(nil) != nil {
		t.Error("nil is an exception")
	}
	_, corrupt := base64.StdEncoding.DecodeString("!")
	if e := thrift.NewTProtocolException(corrupt); e.TypeId() != thrift.INVALID_DATA {
		t.Errorf("%v has type %d", e, e.TypeId())
	}
	for err, want := range map[error]int{
		io.EOF:                 thrift.END_OF_FILE,
		os.ErrDeadlineExceeded: thrift.TIMED_OUT,
		io.ErrUnexpectedEOF:    thrift.UNKNOWN_TRANSPORT_EXCEPTION,
	} {
		e := thrift.NewTTransportExceptionFromError(fmt.Errorf("read: %w", err))
		if e.TypeId() != want || !errors.Is(e, err) || e.Error() != "read: "+err.Error() || thrift.NewTTransportExceptionFromError(e) != e {
			t.Errorf("%v has type %d", e, e.TypeId())
		}
	}
}

func TestApplicationException(t *testing.T) {
	for name, f := range map[string]thrift.TProtocolFactory{
		"binary":  thrift.NewTBinaryProtocolFactoryDefault(),
		"compact": thrift.NewTCompactProtocolFactory(),
	} {
		p := f.GetProtocol(thrift.NewTMemoryBuffer())
		check(t, thrift.NewTApplicationException(thrift.MISSING_RESULT, "").Write(background, p))
		got := thrift.NewTApplicationException(0, "")
		check(t, got.Read(background, p))
		if got.Error() != "missing result" || got.TypeId() != thrift.MISSING_RESULT {
			t.Errorf("%s: %q of type %d", name, got, got.TypeId())
		}

		writeAll(t, p) // another struct: its fields have other types, or none
		check(t, got.Read(background, p))
		if got.Error() != "unknown application exception" {
			t.Errorf("%s: %q of another struct", name, got)
		}
		p.Transport().(*thrift.TMemoryBuffer).Truncate(0)
		if err := got.Read(background, p); !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v of nothing", name, err)
		}
	}
}
