// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

type (
	headerKey       string
	readHeadersKey  struct{}
	writeHeadersKey struct{}
	helperKey       struct{}
)

// SetHeader returns a context with a header.
func SetHeader(ctx context.Context, key, value string) context.Context {
	return context.WithValue(ctx, headerKey(key), value)
}

// UnsetHeader returns a context without a header.
func UnsetHeader(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, headerKey(key), nil)
}

// GetHeader returns a header of the context.
func GetHeader(ctx context.Context, key string) (value string, ok bool) {
	value, ok = ctx.Value(headerKey(key)).(string)
	return value, ok
}

// SetReadHeaderList returns a context with the keys of the headers that were read.
func SetReadHeaderList(ctx context.Context, keys []string) context.Context {
	return context.WithValue(ctx, readHeadersKey{}, keys)
}

// GetReadHeaderList returns the keys of the headers that were read, nil without any.
func GetReadHeaderList(ctx context.Context) []string {
	keys, _ := ctx.Value(readHeadersKey{}).([]string)
	return keys
}

// SetWriteHeaderList returns a context with the keys of the headers to write.
func SetWriteHeaderList(ctx context.Context, keys []string) context.Context {
	return context.WithValue(ctx, writeHeadersKey{}, keys)
}

// GetWriteHeaderList returns the keys of the headers to write, nil without any.
func GetWriteHeaderList(ctx context.Context) []string {
	keys, _ := ctx.Value(writeHeadersKey{}).([]string)
	return keys
}

// AddReadTHeaderToContext returns a context with headers, and their keys as those read.
func AddReadTHeaderToContext(ctx context.Context, headers THeaderMap) context.Context {
	keys := make([]string, 0, len(headers))
	for key, value := range headers {
		ctx = SetHeader(ctx, key, value)
		keys = append(keys, key)
	}
	return SetReadHeaderList(ctx, keys)
}

// TResponseHelper sets the headers of a response.
type TResponseHelper struct {
	*THeaderResponseHelper
}

// THeaderResponseHelper sets the headers of a response in the header protocol. A nil
// helper does nothing.
type THeaderResponseHelper struct {
	protocol *THeaderProtocol
}

// NewTHeaderResponseHelper returns a helper if proto is a *THeaderProtocol, else nil.
func NewTHeaderResponseHelper(proto TProtocol) *THeaderResponseHelper {
	if p, ok := proto.(*THeaderProtocol); ok {
		return &THeaderResponseHelper{p}
	}
	return nil
}

// SetHeader sets a header of the response.
func (h *THeaderResponseHelper) SetHeader(key, value string) {
	if h != nil && h.protocol != nil {
		h.protocol.SetWriteHeader(key, value)
	}
}

// ClearHeaders removes all headers of the response.
func (h *THeaderResponseHelper) ClearHeaders() {
	if h != nil && h.protocol != nil {
		h.protocol.ClearWriteHeaders()
	}
}

// SetResponseHelper returns a context with helper.
func SetResponseHelper(ctx context.Context, helper TResponseHelper) context.Context {
	return context.WithValue(ctx, helperKey{}, helper)
}

// GetResponseHelper returns the helper of a context.
func GetResponseHelper(ctx context.Context) (helper TResponseHelper, ok bool) {
	helper, ok = ctx.Value(helperKey{}).(TResponseHelper)
	return helper, ok
}
