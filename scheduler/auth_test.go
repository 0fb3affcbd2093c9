package scheduler

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"rung"
)

// startGuarded starts a server of the test's own with the options, which say whom it lets in.
func startGuarded(t *testing.T, o server.Options) *natsServer {
	t.Helper()
	o.Host, o.Port, o.NoSigs, o.NoLog = "127.0.0.1", server.RANDOM_PORT, true, true
	o.JetStream, o.StoreDir = true, t.TempDir()
	n := &natsServer{t: t, o: o}
	n.start()
	t.Cleanup(n.stop)
	return n
}

// worksTask numbers the tasks of works.
var worksTask atomic.Int64

// works holds that the queue can be opened with the options, and carries a task.
func works(t *testing.T, o Options) {
	t.Helper()
	s := open(t, o)
	submit(t, s, task(rung.Live, "news", worksTask.Add(1))) // a number that comes again would be taken for a copy
	if err := take(t, s).Done(testContext(t), rung.Result{Outcome: rung.Done}); err != nil {
		t.Error(err)
	}
}

// refused holds that the queue cannot be opened with the options, and says why.
func refused(t *testing.T, o Options, want rung.Code) {
	t.Helper()
	s, err := Open(testContext(t), o)
	if err == nil {
		s.Close()
	}
	if rung.CodeOf(err) != want || rung.AsError(err).Hint == "" {
		t.Errorf("%v (%s), want %s with a hint", err, rung.CodeOf(err), want)
	}
}

func TestUserAndPassword(t *testing.T) {
	n := startGuarded(t, server.Options{Username: "rung", Password: "right"})
	works(t, Options{URL: n.url(), User: "rung", Password: "right"})
	refused(t, Options{URL: n.url(), User: "rung", Password: "wrong"}, rung.CodeUnauthorized)
	refused(t, Options{URL: n.url()}, rung.CodeUnauthorized)
}

// TestCredentialsFile lets a user of an account in, whose server knows only the operator: JWT and nkey, as nsc writes them.
func TestCredentialsFile(t *testing.T) {
	o := newOperator(t)
	n := startGuarded(t, server.Options{TrustedOperators: []*jwt.OperatorClaims{o.claims}, AccountResolver: o.resolver, SystemAccount: o.system})
	works(t, Options{URL: n.url(), CredsFile: o.creds(t, o.account)})
	refused(t, Options{URL: n.url()}, rung.CodeUnauthorized)
	// A user whom another account's key has signed is a stranger.
	stranger, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	refused(t, Options{URL: n.url(), CredsFile: o.creds(t, stranger)}, rung.CodeUnauthorized)
}

// operator is a NATS operator with one account that may use JetStream, and the system's own.
type operator struct {
	claims   *jwt.OperatorClaims
	keys     nkeys.KeyPair
	resolver *server.MemAccResolver
	account  nkeys.KeyPair
	system   string
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	keys, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	o := &operator{keys: keys, claims: jwt.NewOperatorClaims(publicKey(t, keys)), resolver: &server.MemAccResolver{}}
	o.account = o.add(t, jwt.JetStreamLimits{DiskStorage: jwt.NoLimit, MemoryStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit})
	o.system = publicKey(t, o.add(t, jwt.JetStreamLimits{}))
	return o
}

// add makes an account that the server knows.
func (o *operator) add(t *testing.T, limits jwt.JetStreamLimits) nkeys.KeyPair {
	t.Helper()
	keys, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.NewAccountClaims(publicKey(t, keys))
	claims.Limits.JetStreamLimits = limits
	signed, err := claims.Encode(o.keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.resolver.Store(claims.Subject, signed); err != nil {
		t.Fatal(err)
	}
	return keys
}

// creds writes the credentials file of a new user of an account.
func (o *operator) creds(t *testing.T, account nkeys.KeyPair) (file string) {
	t.Helper()
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := jwt.NewUserClaims(publicKey(t, user)).Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(signed, seed)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "user.creds")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func publicKey(t *testing.T, keys nkeys.KeyPair) string {
	t.Helper()
	public, err := keys.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return public
}
