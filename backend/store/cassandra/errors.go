// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/store"
)

// failed says what failed. The error of a context that is done is its own; that of a
// keyspace that cannot be used at the moment is store.ErrUnavailable.
func (s *Store) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		if !errors.Is(err, ctx.Err()) {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("cassandra: %s: %w", what, err)
	}
	if away(err) || s.link.ready() != nil {
		return fmt.Errorf("cassandra: %s: %w: %w", what, err, store.ErrUnavailable)
	}
	return fmt.Errorf("cassandra: %s: %w", what, err)
}

// away reports whether err is not about what was asked: the same can be right later.
func away(err error) bool {
	var r gocql.RequestError
	var net net.Error
	switch {
	case errors.As(err, &r):
		switch code := r.Code(); code {
		case gocql.ErrCodeServer, gocql.ErrCodeProtocol, gocql.ErrCodeCredentials, gocql.ErrCodeUnauthorized: // without memory a server says "protocol"
			return true
		case gocql.ErrCodeInvalid:
			return ofServer(r.Message())
		default:
			return code >= gocql.ErrCodeUnavailable && code < gocql.ErrCodeSyntax
		}
	case errors.Is(err, gocql.ErrNoConnections), errors.Is(err, gocql.ErrConnectionClosed), errors.Is(err, gocql.ErrTimeoutNoResponse),
		errors.Is(err, gocql.ErrNoStreams), errors.Is(err, gocql.ErrUnavailable), errors.Is(err, gocql.ErrSessionClosed):
		return true
	default:
		return errors.As(err, &net) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
}

// ofServer reports whether message is that of a guardrail which minds the state of the
// servers, such as a full disk, and not what is written.
func ofServer(message string) bool {
	name, found := strings.CutPrefix(message, "Guardrail ")
	name, _, violated := strings.Cut(name, " violated")
	return found && violated && !slices.Contains([]string{"column_value_size", "collection_size", "items_per_collection"}, name)
}

// rejected reports whether a server does not take the rows of g, as long as the schema is
// right.
func rejected(err error, g *group) bool {
	var r gocql.RequestError
	switch {
	case errors.Is(err, gocql.ErrFrameTooBig):
		return true
	case !errors.As(err, &r):
		return false
	case r.Code() == gocql.ErrCodeServer || r.Code() == gocql.ErrCodeProtocol: // of Cassandra 3
		return len(g.rows) == 1 && g.bytes > mostMutation
	default:
		return r.Code() == gocql.ErrCodeInvalid && !ofServer(r.Message())
	}
}

// retries tries again what can be right then, on another server if there is one.
type retries struct {
	gocql.ExponentialBackoffRetryPolicy
}

// GetRetryType implements gocql.RetryPolicy.
func (r *retries) GetRetryType(err error) gocql.RetryType {
	if !away(err) {
		return gocql.Rethrow
	}
	return gocql.RetryNextHost
}
