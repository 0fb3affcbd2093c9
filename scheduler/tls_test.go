package scheduler

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rung"
)

// TestTLS reaches a server whose certificate a private authority has signed, and one that wants the client's as well.
func TestTLS(t *testing.T) {
	ca := newAuthority(t)
	cert, key := ca.issue(t, "server")
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	n := startGuarded(t, server.Options{TLSConfig: config, TLSTimeout: 60})
	plain := strings.Replace(n.url(), "tls://", "nats://", 1)
	works(t, Options{URL: plain, CAFile: ca.file})
	works(t, Options{URL: strings.Replace(plain, "nats://", "tls://", 1), CAFile: ca.file})
	refused(t, Options{URL: plain}, rung.CodeUnavailable)
	refused(t, Options{URL: plain, CAFile: newAuthority(t).file}, rung.CodeUnavailable)
	refused(t, Options{URL: plain, CAFile: key}, rung.CodeInvalid)

	mutual := config.Clone()
	mutual.ClientAuth, mutual.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	mutual.ClientCAs.AddCert(ca.cert)
	m := startGuarded(t, server.Options{TLSConfig: mutual, TLSVerify: true, TLSTimeout: 60})
	plain = strings.Replace(m.url(), "tls://", "nats://", 1)
	clientCert, clientKey := ca.issue(t, "rung")
	works(t, Options{URL: plain, CAFile: ca.file, CertFile: clientCert, KeyFile: clientKey})
	refused(t, Options{URL: plain, CAFile: ca.file}, rung.CodeUnavailable)
	refused(t, Options{URL: plain, CAFile: ca.file, CertFile: clientCert, KeyFile: key}, rung.CodeInvalid)
	strangerCert, strangerKey := newAuthority(t).issue(t, "stranger")
	refused(t, Options{URL: plain, CAFile: ca.file, CertFile: strangerCert, KeyFile: strangerKey}, rung.CodeUnavailable)
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.file = writePEM(t, "CERTIFICATE", der)
	return a
}

// issue makes a certificate of this machine's for server and client, and gives its file and its key's.
func (a *authority) issue(t *testing.T, name string) (certFile, keyFile string) {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", der), writePEM(t, "PRIVATE KEY", secret)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// writePEM writes a PEM file into a folder of the test's.
func writePEM(t *testing.T, kind string, der []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "a.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
