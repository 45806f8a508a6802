// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

const maxPEM = 1 << 20 // bytes of a file

// tlsFiles makes TLS configurations from PEM files that may change at any time. It
// belongs to the goroutine of Send.
type tlsFiles struct {
	base          *tls.Config
	ca, cert, key string // paths; "" for none

	roots   *x509.CertPool   // the last good content of ca
	pair    *tls.Certificate // and of cert with key
	trouble error            // what was wrong with the files when they were last read
}

// newTLSFiles clones o.TLS and reads the files, which must be good now.
func newTLSFiles(o *HTTPOptions) (*tlsFiles, error) {
	f := &tlsFiles{base: o.TLS.Clone(), ca: o.CAFile, cert: o.CertFile, key: o.KeyFile}
	if f.base == nil {
		f.base = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	f.base.NextProtos = []string{"http/1.1"}
	for _, file := range []struct{ field, path string }{{"CAFile", f.ca}, {"CertFile", f.cert}, {"KeyFile", f.key}} {
		if strings.Contains(file.path, "-----BEGIN") || strings.ContainsAny(file.path, "\r\n") {
			return nil, fmt.Errorf("%w: %s looks like PEM, but the path of a file is wanted", ErrOption, file.field)
		}
	}
	switch {
	case f.cert != "" && f.key == "":
		return nil, fmt.Errorf("%w: CertFile %q without KeyFile", ErrOption, f.cert)
	case f.cert == "" && f.key != "":
		return nil, fmt.Errorf("%w: KeyFile %q without CertFile", ErrOption, f.key)
	case f.ca != "" && f.base.RootCAs != nil:
		return nil, fmt.Errorf("%w: CAFile %q and RootCAs of TLS exclude each other", ErrOption, f.ca)
	case f.ca != "" && f.base.InsecureSkipVerify:
		return nil, fmt.Errorf("%w: CAFile %q and InsecureSkipVerify of TLS exclude each other", ErrOption, f.ca)
	case f.cert != "" && (len(f.base.Certificates) > 0 || f.base.GetClientCertificate != nil):
		return nil, fmt.Errorf("%w: CertFile %q and the certificates of TLS exclude each other", ErrOption, f.cert)
	}
	if f.ca != "" || f.cert != "" {
		f.base.ClientSessionCache = nil // a resumed session knows the old files
	}
	f.read()
	if f.trouble != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, f.trouble)
	}
	return f, nil
}

// config returns the configuration for a new connection.
func (f *tlsFiles) config() *tls.Config {
	f.read()
	c := f.base.Clone()
	if f.roots != nil {
		c.RootCAs = f.roots
	}
	if pair := f.pair; pair != nil {
		// Whatever authorities the server names: let it judge the certificate.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return pair, nil }
	}
	return c
}

// read takes over what is good.
func (f *tlsFiles) read() {
	f.trouble = nil
	if f.ca != "" {
		roots, err := readRoots(f.ca)
		if err == nil {
			f.roots = roots
		} else {
			f.trouble = fmt.Errorf("CAFile %.200q: %w", f.ca, err)
		}
	}
	if f.cert != "" {
		pair, err := readPair(f.cert, f.key)
		if err == nil {
			f.pair = pair
		} else {
			f.trouble = errors.Join(f.trouble, err)
		}
	}
}

// readRoots skips certificates that Go does not accept, as bundles of operating
// systems have them, but not the beginning of one.
func readRoots(path string) (*x509.CertPool, error) {
	text, err := readPEM(path)
	if err != nil {
		return nil, err
	}
	pool, found := x509.NewCertPool(), false
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		if block.Type != "CERTIFICATE" {
			continue
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			pool.AddCert(cert)
			found = true
		}
	}
	if bytes.Contains(text, []byte("-----BEGIN")) {
		return nil, errors.New("it ends within a certificate")
	}
	if !found {
		return nil, errors.New("no certificate in it")
	}
	return pool, nil
}

func readPair(cert, key string) (*tls.Certificate, error) {
	certText, err := readPEM(cert)
	if err != nil {
		return nil, fmt.Errorf("CertFile %.200q: %w", cert, err)
	}
	keyText, err := readPEM(key)
	if err != nil {
		return nil, fmt.Errorf("KeyFile %.200q: %w", key, err)
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		return nil, fmt.Errorf("CertFile %.200q with KeyFile %.200q: %w", cert, key, err)
	}
	return &pair, nil
}

// readPEM reads a regular file; others might keep the reader waiting.
func readPEM(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxPEM+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(text) > maxPEM {
		return nil, fmt.Errorf("larger than %d bytes", maxPEM)
	}
	return text, nil
}

// withoutPath is err for messages that name the file themselves.
func withoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
