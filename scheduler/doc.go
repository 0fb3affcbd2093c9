// Package scheduler is Rung's durable middle: the task queue, the results, the events, the state buckets, leases, the
// node registry and the source window. All of it lies in NATS JetStream, in a server inside the process or in a cluster
// elsewhere; nothing outside this package knows NATS.
//
// JetStream delivers at least once and does not fence a stale worker: it lets any holder of a delivery acknowledge it.
// So nothing here promises more, and encoding a task is a pure function that may run twice.
//
// While NATS is away, every method says in its comment whether it waits for its return or gives [rung.CodeUnavailable].
package scheduler
