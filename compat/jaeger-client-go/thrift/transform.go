// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"compress/zlib"
	"fmt"
	"io"
)

// THeaderTransformID is what is done with the bytes of a payload.
type THeaderTransformID int32

// Transforms.
const (
	TransformNone THeaderTransformID = 0
	TransformZlib THeaderTransformID = 1
)

func unknownTransform(id THeaderTransformID) error {
	return NewTApplicationException(INVALID_TRANSFORM, fmt.Sprintf("THeaderTransformID %d not supported", id))
}

// closeAll closes the last first, and stops at the first error.
func closeAll(closers []io.Closer) error {
	for i := len(closers) - 1; i >= 0; i-- {
		if err := closers[i].Close(); err != nil {
			return err
		}
	}
	return nil
}

// TransformReader undoes transforms.
type TransformReader struct {
	io.Reader

	closers []io.Closer
}

// NewTransformReaderWithCapacity returns a reader without transforms, with room for as
// many as capacity says.
func NewTransformReaderWithCapacity(baseReader io.Reader, capacity int) *TransformReader {
	return &TransformReader{Reader: baseReader, closers: make([]io.Closer, 0, capacity)}
}

// AddTransform adds the transform that was done before the others. It may read.
func (r *TransformReader) AddTransform(id THeaderTransformID) error {
	switch id {
	case TransformNone:
		return nil
	case TransformZlib:
		z, err := zlib.NewReader(r.Reader)
		if err != nil {
			return err
		}
		r.Reader, r.closers = z, append(r.closers, z)
		return nil
	default:
		return unknownTransform(id)
	}
}

// Close ends the transforms; the reader below stays open.
func (r *TransformReader) Close() error { return closeAll(r.closers) }

// TransformWriter does transforms.
type TransformWriter struct {
	io.Writer

	closers []io.Closer
}

// NewTransformWriter returns a writer that does transforms, the last first.
func NewTransformWriter(baseWriter io.Writer, transforms []THeaderTransformID) (io.WriteCloser, error) {
	w := &TransformWriter{Writer: baseWriter}
	for _, id := range transforms {
		if err := w.AddTransform(id); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// AddTransform adds a transform that is done before the others.
func (w *TransformWriter) AddTransform(id THeaderTransformID) error {
	switch id {
	case TransformNone:
		return nil
	case TransformZlib:
		z := zlib.NewWriter(w.Writer)
		w.Writer, w.closers = z, append(w.closers, z)
		return nil
	default:
		return unknownTransform(id)
	}
}

// Close writes what the transforms still hold; the writer below stays open.
func (w *TransformWriter) Close() error { return closeAll(w.closers) }
