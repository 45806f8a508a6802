// SPDX-License-Identifier: Apache-2.0

package poll

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/internal/jsondoc"
)

// Foreign marks the error of a parser that is not ours, and may quote anything.
func Foreign(err error) error { return &foreign{err} }

type foreign struct{ error }

func (f *foreign) Unwrap() error { return f.error }

// hidden is an error with another text.
type hidden struct {
	error
	text string
}

func (h *hidden) Error() string { return h.text }
func (h *hidden) Unwrap() error { return h.error }

// withoutQuote hides what the error of a parser quotes.
func withoutQuote(err error) error {
	var f *foreign
	var q *jsondoc.Quoted
	switch {
	case errors.Is(err, guard.ErrPanic):
		return &hidden{err, "poll: the parser panicked"}
	case errors.As(err, &f):
		return &hidden{err, fmt.Sprintf("poll: the parser refused the answer: %T, not shown since it may repeat credentials", f.error)}
	case errors.As(err, &q):
		return &hidden{err, strings.Replace(err.Error(), q.Error(), address.Hidden+" "+q.Reason, 1)}
	}
	return err
}

// withoutSecrets hides the text of an error of get unless it is known to hold
// nothing of request and answer. The error is foreign code.
func withoutSecrets(err error) error {
	h := &hidden{error: err}
	if guard.Run(func() { h.text = safeText(err) }) != nil {
		h.text = unsafeText(err)
	}
	return h
}

func safeText(err error) string {
	for _, ours := range []error{ErrStatus, ErrTooLarge} {
		if errors.Is(err, ours) {
			return err.Error()
		}
	}
	for _, known := range []error{
		context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, http.ErrSchemeMismatch,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if errors.Is(err, guard.ErrPanic) {
		return "poll: the client panicked"
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		to := ""
		if op.Addr != nil {
			to = " " + op.Addr.String()
		}
		return op.Op + " " + op.Net + to + ": " + safeText(op.Err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e.(type) { //nolint:errorlint // the loop unwraps
		case *net.DNSError, *os.SyscallError, syscall.Errno, tls.RecordHeaderError, tls.AlertError,
			*tls.CertificateVerificationError, x509.UnknownAuthorityError, x509.HostnameError, x509.CertificateInvalidError:
			return e.Error()
		}
	}
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		return "timeout"
	}
	return unsafeText(err)
}

func unsafeText(err error) string {
	return fmt.Sprintf("poll: the request failed: %T, not shown since it may repeat credentials", err)
}

// errorText is how many bytes people see of an error.
const errorText = 256

// text is what people see of an error, which is foreign code: without the secrets
// in the URL of a *url.Error, and short.
func text(err error) (said string) {
	if guard.Run(func() { said = withoutURL(err) }) != nil {
		said, _ = format.String(err, errorText) // which says that there was a panic
	}
	said, _ = format.Shorten(said, errorText)
	return said
}

func withoutURL(err error) string {
	var whole *url.Error
	if !errors.As(err, &whole) || whole.Err == nil {
		return err.Error()
	}
	return strings.Replace(err.Error(), whole.Error(), fmt.Sprintf("%s %q: %s", whole.Op, address.Hide(whole.URL), withoutURL(whole.Err)), 1)
}
