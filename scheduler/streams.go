package scheduler

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rung"
)

// The streams' names.
const (
	streamTasks   = "TASKS"
	streamResults = "RESULTS"
	streamEvents  = "EVENTS"
	windowPrefix  = "SRC_" // and the channel
)

const (
	// dedupeWindow is how long a message id is remembered: longer than two ingests of one source lie apart, and than a
	// submit is tried again after a lost acknowledgement, unless the queue was away for as long. A copy that comes later
	// costs its encoding, and no more: its objects and its result are the same again. Each id is two objects of the
	// server's heap, which its garbage collector goes through.
	dedupeWindow = 2 * time.Minute
	// resultsAge bounds how long a job's packager may be away and still find what it missed; a live result is of no use
	// after liveResultAge, because its segment was listed as a gap long before.
	resultsAge    = 24 * time.Hour
	liveResultAge = time.Hour
	// liveTaskGrace is how long a live task outlives its deadline in the queue while no worker takes it.
	liveTaskGrace = 10 * time.Minute
	eventsAge     = 7 * 24 * time.Hour
	eventsBytes   = 256 << 20
	// maxAckPending bounds the tasks in work, over all nodes; maxWaiting the nodes that wait for one.
	maxAckPending = 50_000
	maxWaiting    = 8192
	// maxFollowers bounds those who read a stream at a time: a channel or job each, over all nodes. Where a stream says
	// nothing, nats-server 2.15 lets 1,000 read it (default_max_consumers).
	maxFollowers = 100_000
)

func (s *System) storage() jetstream.StorageType {
	if s.o.Memory {
		return jetstream.MemoryStorage
	}
	return jetstream.FileStorage
}

func (s *System) streamConfigs() []jetstream.StreamConfig {
	return []jetstream.StreamConfig{
		{
			Name: streamTasks, Subjects: []string{"tasks.>"}, Retention: jetstream.WorkQueuePolicy,
			Duplicates: dedupeWindow, AllowMsgTTL: true, Storage: s.storage(), Replicas: s.replicas,
		},
		{
			Name: streamResults, Subjects: []string{"results.>"}, MaxAge: resultsAge, MaxConsumers: maxFollowers,
			Duplicates: dedupeWindow, AllowMsgTTL: true, AllowDirect: true, Storage: s.storage(), Replicas: s.replicas,
		},
		{
			Name: streamEvents, Subjects: []string{"events.>"}, MaxAge: eventsAge, MaxBytes: eventsBytes, MaxConsumers: maxFollowers,
			Duplicates: dedupeWindow, AllowDirect: true, Storage: s.storage(), Replicas: s.replicas,
		},
	}
}

// declare creates the streams, consumers and buckets, or brings them to this version's configuration. Any number of
// processes may do it at once.
func (s *System) declare(ctx context.Context) error {
	for _, c := range s.streamConfigs() {
		if err := s.declareStream(ctx, c); err != nil {
			return fail(err, "create the stream %s", c.Name)
		}
	}
	for _, kind := range []rung.TaskKind{rung.Live, rung.VOD} {
		if err := s.declareConsumer(ctx, kind); err != nil {
			return err
		}
	}
	for _, c := range s.bucketConfigs() {
		if _, err := s.js.CreateOrUpdateKeyValue(ctx, c); err != nil {
			return fail(err, "create the bucket %s", c.Bucket)
		}
	}
	return nil
}

// declareStream creates a stream or updates it. An account may allow fewer consumers than the stream asks for, and a server
// may not change their number on a stream that is there: then what they say holds.
func (s *System) declareStream(ctx context.Context, c jetstream.StreamConfig) error {
	_, err := s.js.CreateOrUpdateStream(ctx, c)
	if hasAPICode(err, errCodeMaxConsumers) || hasAPICode(err, errCodeStreamConfig) {
		c.MaxConsumers = -1
		_, err = s.js.CreateOrUpdateStream(ctx, c)
	}
	return err
}

// declareConsumer creates the consumer of one kind of task. Its deliveries have no bound, because a message past it
// would just stop arriving: a task ends by our own decision (Delivery.Fail). No BackOff: it overrides the ack wait.
func (s *System) declareConsumer(ctx context.Context, kind rung.TaskKind) error {
	_, err := s.js.CreateOrUpdateConsumer(ctx, streamTasks, jetstream.ConsumerConfig{
		Durable: string(kind), FilterSubject: "tasks." + string(kind) + ".>",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: s.o.AckWait, MaxDeliver: -1,
		MaxAckPending: maxAckPending, MaxWaiting: maxWaiting, MemoryStorage: s.o.Memory,
	})
	return fail(err, "create the consumer %s of %s", kind, streamTasks)
}

// chooseReplicas finds how many servers are to keep each stream: what the options say, else what was decided before, else
// 3 where the cluster has as many. A cluster tells its size by refusing more replicas than it has servers; one that is
// just forming is waited for, because what is decided here stays.
func (s *System) chooseReplicas(ctx context.Context) error {
	if s.embedded != nil {
		s.replicas = max(1, s.o.Replicas)
		return nil
	}
	if s.o.Replicas > 0 {
		s.replicas = s.o.Replicas
		return fail(s.createTasks(ctx), "create the stream %s with %d replicas", streamTasks, s.replicas)
	}
	st, err := s.js.Stream(ctx, streamTasks)
	if err == nil {
		s.replicas = max(1, st.CachedInfo().Config.Replicas)
		return nil
	}
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fail(err, "look for the stream %s", streamTasks)
	}
	s.replicas = 3
	err = s.createTasks(ctx)
	if hasAPICode(err, errCodeReplicas) || hasAPICode(err, errCodeNoPeers) {
		s.replicas = 1
		s.o.Logger.Info("queue keeps one replica: there are fewer than three servers", "at", s.place())
		return nil
	}
	return fail(err, "create the stream %s", streamTasks)
}

const (
	// clusterWait is how long a cluster may take to have as many servers as replicas are wanted; a cluster of two is held
	// up by it once, when its streams are made.
	clusterWait = 20 * time.Second
	// clusterPoll is how often it is asked: it does not say when a server has come.
	clusterPoll = 250 * time.Millisecond
)

// createTasks creates the tasks' stream, the first of all, with s.replicas. It waits while a cluster has too few servers.
func (s *System) createTasks(ctx context.Context) error {
	forming, cancel := context.WithTimeout(ctx, clusterWait)
	defer cancel()
	said := false
	for {
		_, err := s.js.CreateOrUpdateStream(ctx, s.streamConfigs()[0])
		if !hasAPICode(err, errCodeNoPeers) || s.nc.ConnectedClusterName() == "" {
			return err
		}
		if !said {
			said = true
			s.o.Logger.Info("queue waits for more servers of its cluster", "cluster", s.nc.ConnectedClusterName(), "wanted", s.replicas)
		}
		select {
		case <-time.After(clusterPoll):
		case <-forming.Done():
			return err
		}
	}
}

// hasAPICode reports whether err is JetStream's error of that code.
func hasAPICode(err error, code jetstream.ErrorCode) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == code
}
