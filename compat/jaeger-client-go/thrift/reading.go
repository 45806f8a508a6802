// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"bytes"
	"context"
	"fmt"
	"io"
)

// input is what protocols share for reading.
type input struct {
	trans TRichTransport
	conf  *TConfiguration
	small [smallString]byte
}

// full reads n bytes, at most smallString, which are valid until the next call.
// A socket that times out before ctx does is asked again.
func (in *input) full(ctx context.Context, n int) ([]byte, error) {
	b := in.small[:n]
	for {
		read, err := io.ReadFull(in.trans, b)
		if read == 0 && again(ctx, err) {
			continue
		}
		return b, NewTProtocolException(err)
	}
}

// again says whether a read that failed with err can be tried again: the socket timed
// out, but ctx has time left.
func again(ctx context.Context, err error) bool {
	if err == nil || !isTimeout(err) {
		return false
	}
	_, limited := ctx.Deadline()
	return limited && ctx.Err() == nil
}

// bytes reads a value of the size that was read before it. It takes memory for what
// really comes.
func (in *input) bytes(size int32) ([]byte, error) {
	if err := in.check(int64(size)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, in.trans, int64(size)); err != nil {
		return b.Bytes(), NewTProtocolException(err)
	}
	return b.Bytes(), nil
}

// string is like bytes.
func (in *input) string(size int32) (string, error) {
	if size > smallString {
		b, err := in.bytes(size)
		return string(b), err
	}
	if err := in.check(int64(size)); err != nil || size == 0 {
		return "", err
	}
	n, err := io.ReadFull(in.trans, in.small[:size])
	return string(in.small[:n]), NewTProtocolException(err)
}

// check says whether a value of size bytes may be read.
func (in *input) check(size int64) error {
	if size < 0 {
		return NewTProtocolExceptionWithType(NEGATIVE_SIZE, fmt.Errorf("negative size: %d", size))
	}
	if size > int64(in.conf.GetMaxMessageSize()) {
		return NewTProtocolExceptionWithType(SIZE_LIMIT, fmt.Errorf("size exceeded max allowed: %d", size))
	}
	return nil
}

// container returns the number of elements of a container, each of at least one byte:
// callers take memory for them at once.
func (in *input) container(size int64) (int, error) {
	if size < 0 {
		return 0, invalidData("Invalid data length")
	}
	if err := in.check(size); err != nil {
		return 0, err
	}
	if left := in.trans.RemainingBytes(); uint64(size) > left {
		return 0, NewTProtocolExceptionWithType(SIZE_LIMIT, fmt.Errorf("a container of %d elements in %d bytes", size, left))
	}
	return int(size), nil
}
