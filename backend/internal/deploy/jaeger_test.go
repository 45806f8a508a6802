// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// variables reads a file of them, one a line.
func variables(t *testing.T, name string) (env []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line != "" && line[0] != '#' {
			env = append(env, line)
		}
	}
	return env
}

// TestJaegerEnvironment: each command starts with all variables of a deployment of
// Jaeger 1.62. It uses them, or names them in its warning, and says nothing of what
// Kubernetes sets.
func TestJaegerEnvironment(t *testing.T) {
	certs, conf := t.TempDir(), t.TempDir()
	writeCertificate(t, certs)
	for name, text := range map[string]string{
		"strategies.json": `{"default_strategy":{"type":"probabilistic","param":0.5}}`,
		"ui.json":         `{"menu":[],"linkPatterns":[{"type":"process","key":"jaeger.version","url":"https://a.example/#{jaeger.version}","text":"Release #{jaeger.version}"}]}`,
	} {
		if err := os.WriteFile(filepath.Join(conf, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	jaegers, links := variables(t, "jaeger-1.62.env"), variables(t, "service-links.env")
	if len(jaegers) < 60 || len(links) < 30 {
		t.Fatalf("%d variables, %d links", len(jaegers), len(links))
	}
	for i := range jaegers {
		jaegers[i] = strings.NewReplacer("=/certs", "="+certs, "=/conf", "="+conf).Replace(jaegers[i])
	}
	for _, command := range commands() {
		t.Run(command.String(), func(t *testing.T) {
			env := slices.Concat(jaegers, links)
			if command == config.Dependencies {
				env[slices.Index(env, "SPAN_STORAGE_TYPE=sqlite")] = "SPAN_STORAGE_TYPE=cassandra" // sqlite needs no job
			}
			c, warning, err := config.Parse(command, nil, env)
			if err != nil {
				t.Fatal(err)
			}
			known := settings(command)
			named := map[string]bool{}
			for part := range strings.SplitSeq(strings.TrimPrefix(warning, "these variables have no effect here: "), "; ") {
				name, _, _ := strings.Cut(part, ",")
				named[name] = true
			}
			for _, v := range jaegers {
				if name, _, _ := strings.Cut(v, "="); slices.Contains(known, name) == named[name] {
					t.Errorf("%s: known %v, named %v", name, slices.Contains(known, name), named[name])
				}
			}
			for _, v := range links {
				if name, _, _ := strings.Cut(v, "="); named[name] {
					t.Errorf("%s is no setting", name)
				}
			}
			if command == config.Dependencies {
				return // a job
			}
			c.Data = t.TempDir()
			if err := start(t, c).Ready(); err != nil {
				t.Error(err)
			}
		})
	}
}

// settings returns the variables that a command's help lists.
func settings(command config.Command) []string {
	return regexp.MustCompile(`\b[A-Z][A-Z0-9_]+\b`).FindAllString(config.Help(command), -1)
}

// TestJaegerNames: no setting of Jaeger 1.62 goes unnoticed.
func TestJaegerNames(t *testing.T) {
	names := variables(t, "jaeger-1.62-names.txt")
	if len(names) < 300 {
		t.Fatalf("%d names", len(names))
	}
	for _, command := range commands() {
		known := settings(command)
		for _, name := range names {
			if slices.Contains(known, name) {
				continue
			}
			if _, warning, err := config.Parse(command, nil, []string{name + "=1"}); err != nil || !strings.Contains(warning, name) {
				t.Errorf("%v: %s: %q, %v", command, name, warning, err)
			}
		}
	}
}

// writeCertificate writes tls.crt, tls.key and, its own authority, ca.pem.
func writeCertificate(t *testing.T, folder string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: cert}, "ca.pem": {Type: "CERTIFICATE", Bytes: cert}, "tls.key": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
