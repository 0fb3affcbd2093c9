package scheduler

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// callTimeout bounds one request to NATS where the caller's context allows more: a healthy one answers in milliseconds.
const callTimeout = 3 * time.Second

// System is one process's connection to the queue, and the NATS server itself where that is inside the process. All its
// methods and all that it gives out may be used by many goroutines at once, until Close.
type System struct {
	o        Options
	embedded *embedded // nil: elsewhere
	nc       *nats.Conn
	js       jetstream.JetStream
	replicas int
	buckets  map[string]jetstream.KeyValue
	instance string // names this life of this process

	tasks  *Tasks
	window *Window
	leases localLeases // where the server is private
	tail   *tail       // of the results, where the server is private

	link linkState

	// done ends the goroutines that launch started; own waits for them.
	done   chan struct{}
	own    sync.WaitGroup
	mu     sync.Mutex // guards closed, so that nothing is launched once Close waits
	closed bool
}

// Open starts the server inside this process, or connects to the cluster at o.URL, and creates the streams and buckets
// that are not there yet. Its errors are rung.Errors: CodeInvalid for options and folders that do not work,
// CodeConflict where another process has the folder or the address, CodeUnauthorized where the cluster refuses the
// credentials, CodeUnsupported where it has no JetStream, and CodeUnavailable where it cannot be reached or ctx ends.
func Open(ctx context.Context, o Options) (*System, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &System{o: o, buckets: map[string]jetstream.KeyValue{}, done: make(chan struct{}), instance: newInstance()}
	s.link.init()
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *System) open(ctx context.Context) (err error) {
	if s.o.URL == "" {
		if s.embedded, err = startEmbedded(ctx, s.o); err != nil {
			return err
		}
	}
	if s.nc, err = s.connect(); err != nil {
		return err
	}
	if s.js, err = jetstream.New(s.nc, jetstream.WithDefaultTimeout(callTimeout)); err != nil {
		return fail(err, "connect")
	}
	if err := s.requireVersion(); err != nil {
		return err
	}
	if err := s.requireJetStream(ctx); err != nil {
		return err
	}
	if err := s.chooseReplicas(ctx); err != nil {
		return err
	}
	if err := s.declare(ctx); err != nil {
		return err
	}
	if err := s.openBuckets(ctx); err != nil {
		return err
	}
	s.tasks, s.window, s.tail = newTasks(s), newWindow(s), newTail(s)
	s.launch(s.keep)
	s.o.Logger.Info("queue opened", "at", s.place(), "embedded", s.embedded != nil, "replicas", s.replicas)
	return nil
}

// place says where the queue is. The server inside this process is reached without an address; the one that the client's
// library would name is its default.
func (s *System) place() string {
	switch {
	case s.embedded == nil:
		return s.nc.ConnectedUrlRedacted()
	case s.o.Listen != "":
		return "this process, and nats://" + s.embedded.srv.Addr().String()
	}
	return "this process"
}

// requireJetStream tells a server without JetStream from one that is not ready.
func (s *System) requireJetStream(ctx context.Context) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	_, err := s.js.AccountInfo(ctx)
	return fail(err, "connect to %s", s.nc.ConnectedUrlRedacted())
}

// private reports whether only this process can reach the server, which is inside it.
func (s *System) private() bool { return s.embedded != nil && s.o.Listen == "" }

// Close ends what this System started (feeds, heartbeats, lease renewals, windows: what is still in flight there fails
// with CodeUnavailable), then the connection, then the server inside this process, and waits for each. Deliveries that
// were neither done nor failed go to another worker after the ack wait, leases that were not released after their time
// to live. It may be called twice.
func (s *System) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	close(s.done)
	s.own.Wait()
	if s.nc != nil {
		s.nc.FlushTimeout(time.Second) // the last acknowledgements; where NATS is away there is nothing to wait for
		s.nc.Close()
		s.link.waitClosed()
	}
	if s.embedded != nil {
		s.embedded.stop()
	}
	s.o.Logger.Info("queue closed")
	return nil
}

// launch runs f in a goroutine that Close waits for; f returns when s.done is closed. It reports false, and runs
// nothing, once Close has begun.
func (s *System) launch(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.own.Go(f)
	return true
}

// keep creates what a NATS server elsewhere lost with its restart (what it held in memory) each time it comes back.
func (s *System) keep() {
	for {
		select {
		case <-s.done:
			return
		case <-s.link.restored():
		}
		ctx, cancel := s.lifetime()
		if err := s.persist(ctx, s.declare); err != nil && ctx.Err() == nil {
			s.o.Logger.Error("queue's streams cannot be created", "error", err)
		}
		cancel()
	}
}

// lifetime gives a context that ends with the System.
func (s *System) lifetime() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	stop := make(chan struct{})
	s.own.Go(func() {
		select {
		case <-s.done:
		case <-stop:
		}
		cancel()
	})
	return ctx, func() { close(stop) }
}

// Ready gives CodeUnavailable unless JetStream answers within a second.
func (s *System) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if !s.nc.IsConnected() {
		return fail(nats.ErrDisconnected, "ask whether it is ready")
	}
	_, err := s.js.Stream(ctx, streamTasks)
	return fail(err, "ask whether it is ready")
}

// URL is the address at which the server inside this process accepts other nodes, or the cluster's; empty where there
// is none.
func (s *System) URL() string {
	if s.embedded == nil {
		return s.nc.ConnectedUrlRedacted()
	}
	if s.o.Listen == "" {
		return ""
	}
	return s.embedded.srv.ClientURL()
}

// Tasks is the task queue.
func (s *System) Tasks() *Tasks { return s.tasks }

// Results is the stream of tasks' ends.
func (s *System) Results() *Results { return &Results{s} }

// Events is the feed of state changes and alarms.
func (s *System) Events() *Events { return &Events{s} }

// Window keeps the channels' source.
func (s *System) Window() *Window { return s.window }

// Leases says which process has what.
func (s *System) Leases() *Leases { return &Leases{s} }

// Nodes is the registry of processes.
func (s *System) Nodes() *Nodes { return &Nodes{s} }

// call bounds one request.
func (s *System) call(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callTimeout)
}

// persist runs op until it succeeds, fails for another reason than NATS being away, or ctx or the System ends. op is
// called with a context that bounds one try.
func (s *System) persist(ctx context.Context, op func(context.Context) error) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := s.once(ctx, op)
		if err == nil || ctx.Err() == nil && !isAway(err) {
			return err
		}
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}

func (s *System) once(ctx context.Context, op func(context.Context) error) error {
	ctx, cancel := s.call(ctx)
	defer cancel()
	return op(ctx)
}

// pause waits for d, or less where NATS comes back meanwhile. It gives an Error where ctx or the System ends first.
func (s *System) pause(ctx context.Context, d time.Duration) error {
	back := s.link.restored()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-back:
	case <-ctx.Done():
		return ended(ctx)
	case <-s.done:
		return closedError()
	}
	return nil
}

// ended says why ctx ended: CodeCanceled, or CodeUnavailable where its time ran out while NATS was away.
func ended(ctx context.Context) error {
	return fail(ctx.Err(), "wait")
}

func closedError() error {
	return rung.Errorf(rung.CodeUnavailable, "", "queue: it is being closed")
}
