package scheduler

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rung"
)

// storeLimit is what streams may reserve of the embedded server's disk. Reservations are for the worst case (each
// channel's whole window), so the server's own default, three quarters of what is free, would refuse channels that fit.
const storeLimit = 1 << 50

// embedded is the NATS server inside this process.
type embedded struct {
	srv  *server.Server
	lock *storeLock
	log  *serverLog
}

// startEmbedded starts the server and waits until it serves or ctx ends.
func startEmbedded(ctx context.Context, o Options) (*embedded, error) {
	so, err := serverOptions(o)
	if err != nil {
		return nil, err
	}
	lock, err := lockStore(o.StoreDir)
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(so)
	if err != nil {
		lock.unlock()
		return nil, &rung.Error{Code: rung.CodeInvalid, Message: "queue: the server inside this process refused its configuration", Hint: "the log has the details", Err: err}
	}
	e := &embedded{srv: srv, lock: lock, log: &serverLog{to: o.Logger}}
	srv.SetLoggerV2(e.log, false, false, false)
	srv.Start()
	if err := e.waitReady(ctx, o); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

func serverOptions(o Options) (*server.Options, error) {
	so := &server.Options{
		ServerName:        "rung-" + o.Node,
		DontListen:        o.Listen == "",
		NoSigs:            true, // the process's signals are the process's
		JetStream:         true,
		StoreDir:          o.StoreDir,
		JetStreamMaxStore: storeLimit,
		SyncAlways:        true, // acknowledged is on disk
		Username:          o.User,
		Password:          o.Password,
		Authorization:     o.Token,
	}
	if o.Listen == "" {
		return so, nil
	}
	host, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, err
	}
	so.Host = host
	if so.Port, err = strconv.Atoi(port); err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "write it as HOST:PORT, such as 127.0.0.1:4222", "queue: %q is not an address to listen at", o.Listen)
	}
	if so.Port == 0 {
		so.Port = server.RANDOM_PORT
	}
	return so, nil
}

// waitReady polls, because the server has no signal for readiness other than this.
func (e *embedded) waitReady(ctx context.Context, o Options) error {
	for {
		if line := e.log.fatalLine(); line != "" {
			return startError(o, line)
		}
		if e.srv.ReadyForConnections(20*time.Millisecond) && e.srv.JetStreamEnabled() {
			return nil
		}
		if ctx.Err() != nil {
			return fail(context.Cause(ctx), "start the server inside this process")
		}
	}
}

// startError tells the two usual causes of a failed start apart.
func startError(o Options, line string) error {
	if strings.HasPrefix(line, "Error listening") {
		return rung.Errorf(rung.CodeConflict, "stop what listens there, or choose another address", "queue: cannot listen at %s (%s)", o.Listen, line)
	}
	return rung.Errorf(rung.CodeInvalid, "check that the folder can be written and the disk is not full", "queue: cannot start in the data folder %s (%s)", o.StoreDir, line)
}

// stop ends the server, waits until its files are closed, and gives up the folder.
func (e *embedded) stop() {
	e.srv.Shutdown()
	e.srv.WaitForShutdown()
	e.lock.unlock()
}
