package api

import (
	"context"
	"io"

	"rung"
	"rung/api/resource"
)

// Services are what the API works on. Those that may be nil say so.
type Services struct {
	Channels Records[rung.Channel]
	Jobs     Records[rung.Job]
	Tokens   Records[resource.Token] // by the SHA-256 of the secret
	Statuses Statuses
	// Timelines gives a channel's ladder before anything is published; may be nil.
	Timelines Timelines
	Profiles  Profiles
	// CheckProfile reads a profile's text without keeping it.
	CheckProfile func(name string, text []byte) (resource.Profile, error)
	// CheckSource refuses a source that ingest could not read; may be nil: only what is written here is checked.
	CheckSource func(rung.Source) error
	// Slates keeps the images that channels show when their source is not there; may be nil: then channels have none.
	Slates Slates
	Nodes  Nodes
	Events Events
	Tasks  Tasks
	// Presentations may be nil: then channels show no figures of what is published.
	Presentations Presentations
	Objects       Objects
	// Probe looks into a source; may be nil: then this server does not probe.
	Probe func(ctx context.Context, url string) (rung.MediaInfo, error)
	// Ready reports why this process cannot serve now; may be nil: always ready.
	Ready func(ctx context.Context) error
}

// mustBeWhole panics if a service that must be there is not.
func (s Services) mustBeWhole() {
	for name, missing := range map[string]bool{
		"Channels": s.Channels == nil, "Jobs": s.Jobs == nil, "Tokens": s.Tokens == nil, "Statuses": s.Statuses == nil,
		"Profiles": s.Profiles == nil, "CheckProfile": s.CheckProfile == nil, "Nodes": s.Nodes == nil,
		"Events": s.Events == nil, "Tasks": s.Tasks == nil, "Objects": s.Objects == nil,
	} {
		if missing {
			panic("api: Services." + name + " is nil")
		}
	}
}

// Statuses are the channels' observed states.
type Statuses interface {
	List(ctx context.Context) ([]rung.ChannelStatus, error)
	Get(ctx context.Context, channel string) (rung.ChannelStatus, error)
}

// Timelines are the channels' sessions.
type Timelines interface {
	Get(ctx context.Context, channel string) (rung.Timeline, error)
}

// Profiles are the encoding ladders, built-in and stored ones together.
type Profiles interface {
	List(ctx context.Context) ([]resource.Profile, error)
	Get(ctx context.Context, name string) (resource.Profile, error)
	// Put keeps a profile's text, which has been checked.
	Put(ctx context.Context, name string, text []byte) error
	Delete(ctx context.Context, name string) error
}

// Slates are images by the SHA-256 of their bytes, in hex.
type Slates interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key string, image []byte) error
}

// Nodes is the node registry.
type Nodes interface {
	List(ctx context.Context) ([]rung.Node, error)
}

// Events is the feed.
type Events interface {
	Publish(ctx context.Context, e rung.Event) error
	// Follow calls fn for each event with a Seq above after, in order, first those that are there and then each as it
	// comes, until ctx ends or fn returns an error. It calls fn from one goroutine and not after it returns.
	Follow(ctx context.Context, after uint64, fn func(rung.Event) error) error
	// Recent gives the last n events, oldest first.
	Recent(ctx context.Context, n int) ([]rung.Event, error)
}

// Tasks is the queue, as far as the API touches it.
type Tasks interface {
	// Cancel takes an owner's waiting tasks out of the queue.
	Cancel(ctx context.Context, kind rung.TaskKind, owner string) error
	// Pending gives the number of tasks that wait or are being worked on, by kind.
	Pending(ctx context.Context) (map[rung.TaskKind]int64, error)
}

// Presentations gives figures of what is published.
type Presentations interface {
	Renditions(ctx context.Context, kind rung.TaskKind, owner string) ([]resource.Rendition, error)
}

// Objects is the store that the origin serves from. Errors are rung.Errors; not_found where there is no such object.
type Objects interface {
	Stat(ctx context.Context, key string) (rung.ObjectInfo, error)
	// Open gives length bytes of the object from offset; a negative length means to its end.
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, rung.ObjectInfo, error)
}
