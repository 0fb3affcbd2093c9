package ingest

import "rung"

// locator says where workers read a stretch of the source.
type locator interface {
	// locate completes a part with the bytes of positions [from, to), in as many pieces as they lie in. ready is false
	// while they cannot be read yet. None where they are lost.
	locate(part rung.Part, from, to int64) (parts []rung.Part, ready bool)
	// forget says that nothing before the position will be asked for.
	forget(position int64)
}
