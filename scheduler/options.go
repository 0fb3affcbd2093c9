package scheduler

import (
	"log/slog"
	"net"
	"time"

	"rung"
)

// Options say where the queue is and how patient it is. The zero value of each field means the default in its comment.
type Options struct {
	// URL is the NATS cluster's address, several separated by commas ("nats://a:4222,nats://b:4222"). Empty: a server
	// inside this process, which only it can reach unless Listen is set.
	URL string
	// StoreDir is the folder of the server inside this process. It is locked: one process at a time.
	StoreDir string
	// Listen is the address ("127.0.0.1:4222") at which the server inside this process accepts other nodes; they give
	// the same User and Password, or Token, as are set here. Empty: none.
	Listen string

	CredsFile string // JWT and seed, as written by nsc
	User      string
	Password  string
	Token     string
	CAFile    string // PEM; trusted besides the system's roots
	CertFile  string // PEM; with KeyFile, this client's certificate
	KeyFile   string

	// Replicas is how many servers of a cluster keep each stream: 3, or 1 if it has fewer than 3 servers. The server
	// inside this process: 1.
	Replicas int
	// Memory keeps everything in memory: for tests, and for jobs that need nothing after their end.
	Memory bool

	Node   string       // this process's name in leases; default "rung"
	Logger *slog.Logger // default: none

	AckWait  time.Duration // from a worker's last sign of life until its task goes to another; 6 s
	Tries    int           // how often a task may fail before its result says so; 3
	LeaseTTL time.Duration // from a holder's last renewal until another may take its lease; 6 s, at least 1 s
	NodeTTL  time.Duration // from a node's last sign of life until it is gone; 6 s, at least 1 s

	WindowAge      time.Duration // how long source is kept; 2 min
	WindowBytes    int64         // and how much of it for each channel; 512 MiB
	WindowInFlight int64         // bytes for each channel that may wait for their acknowledgement; 32 MiB
}

// withDefaults fills in the defaults and returns an Error for what contradicts itself.
func (o Options) withDefaults() (Options, error) {
	setDefault(&o.Node, "rung")
	setDefault(&o.AckWait, 6*time.Second)
	setDefault(&o.Tries, 3)
	setDefault(&o.LeaseTTL, 6*time.Second)
	setDefault(&o.NodeTTL, 6*time.Second)
	setDefault(&o.WindowAge, 2*time.Minute)
	setDefault(&o.WindowBytes, 512<<20)
	setDefault(&o.WindowInFlight, 32<<20)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, o.validate()
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

func (o Options) validate() error {
	switch {
	case o.URL == "" && o.StoreDir == "":
		return rung.Errorf(rung.CodeInvalid, "give a data folder, or the URL of a NATS cluster", "queue: neither a folder for the server inside this process nor a URL is set")
	case o.URL != "" && o.Listen != "":
		return rung.Errorf(rung.CodeInvalid, "leave one of the two away", "queue: a URL (%s) and an address to listen at (%s) exclude each other", o.URL, o.Listen)
	case (o.CertFile == "") != (o.KeyFile == ""):
		return rung.Errorf(rung.CodeInvalid, "give both or neither", "queue: a client certificate needs its file and its key's file")
	case o.Replicas < 0 || o.Replicas > 5:
		return rung.Errorf(rung.CodeInvalid, "use 1, 3 or 5", "queue: %d replicas are not within 1 to 5", o.Replicas)
	case o.LeaseTTL < time.Second || o.NodeTTL < time.Second:
		return rung.Errorf(rung.CodeInvalid, "use 1s or more", "queue: the times to live of leases (%v) and nodes (%v) are at least 1s", o.LeaseTTL, o.NodeTTL)
	case o.AckWait < 100*time.Millisecond || o.WindowAge < 100*time.Millisecond:
		return rung.Errorf(rung.CodeInvalid, "use 100ms or more", "queue: ack wait (%v) and window age (%v) are at least 100ms", o.AckWait, o.WindowAge)
	case o.Tries < 1:
		return rung.Errorf(rung.CodeInvalid, "use 1 or more", "queue: %d tries are fewer than 1", o.Tries)
	}
	return o.validateListen()
}

// validateListen refuses to open the queue to a network without a secret.
func (o Options) validateListen() error {
	if o.Listen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, "write it as HOST:PORT, such as 127.0.0.1:4222", "queue: %q is not an address to listen at", o.Listen)
	}
	ip := net.ParseIP(host)
	if (ip == nil || !ip.IsLoopback()) && host != "localhost" && o.Password == "" && o.Token == "" {
		return rung.Errorf(rung.CodeInvalid, "set a token, or a user and password, that the other nodes give too", "queue: %s is open to the network, which needs a secret", o.Listen)
	}
	return nil
}
