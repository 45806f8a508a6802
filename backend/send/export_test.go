// SPDX-License-Identifier: Apache-2.0

package send

import "context"

// PostSpans sends a PostSpansRequest as it is, with a Sender by JaegerGRPC.
func PostSpans(ctx context.Context, s Sender, request []byte) error {
	if _, e := s.(*jaegerGRPC).call(ctx, postSpansMethod, request); e != nil {
		return e
	}
	return nil
}
