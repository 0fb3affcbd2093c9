package ingest

import (
	"context"

	"rung"
)

// Statuses is where channels report their observed state.
type Statuses interface {
	Put(ctx context.Context, s rung.ChannelStatus) error
}
