package transcode

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"rung"
)

// segmentCaching lets players and caches keep segments: their names are never used twice.
const segmentCaching = "public, max-age=31536000, immutable"

// store puts every track's objects, all tracks at once, and describes them: video widest first, then audio. Each put is
// tried again while the store is away and ctx lasts, because encoding again would cost more.
func (r *segmentRun) store(ctx context.Context, e *Encoded) ([]rung.Track, error) {
	var objects Objects
	err := persist(ctx, func() (err error) {
		objects, err = r.hand.worker.opts.Stores(ctx, r.task.Store)
		return err
	})
	if err != nil {
		return nil, err
	}
	tracks := r.tracks(e)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var puts sync.WaitGroup
	for i := range tracks {
		puts.Go(func() {
			if err := r.putTrack(ctx, objects, e, &tracks[i]); err != nil {
				cancel(err) // the first error is the one to tell; the others may only follow from it
			}
		})
	}
	puts.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return tracks, nil
}

// tracks describes the renditions in the ladder's order, which is the result's.
func (r *segmentRun) tracks(e *Encoded) []rung.Track {
	var tracks []rung.Track
	ladder := r.task.Ladder
	for _, v := range ladder.Video {
		t, _ := e.track(v.ID)
		tracks = append(tracks, rung.Track{ID: v.ID, Type: "video", Frames: t.Frames, Codecs: t.Codecs,
			Width: t.Width, Height: t.Height, FrameRate: ladder.Grid.Rate})
	}
	for _, a := range ladder.Audio {
		t, _ := e.track(a.ID)
		tracks = append(tracks, rung.Track{ID: a.ID, Type: "audio", Frames: t.Frames, Codecs: t.Codecs,
			Channels: a.Channels, Language: a.Language, Name: a.Name})
	}
	for i := range tracks {
		t := &tracks[i]
		folder := r.task.Prefix + "/" + t.ID
		hash := sha256.Sum256(e.Objects[t.ID+"/init"])
		t.Init = fmt.Sprintf("%s/init-%s.mp4", folder, hex.EncodeToString(hash[:4]))
		t.Key = fmt.Sprintf("%s/%05d.m4s", folder, r.task.ID.Number)
		t.Bytes = int64(len(e.Objects[t.ID+"/media"]))
	}
	return tracks
}

// putTrack puts one rendition's init segment, unless this worker has done so before, and its media segment.
func (r *segmentRun) putTrack(ctx context.Context, objects Objects, e *Encoded, t *rung.Track) error {
	options := rung.ObjectOptions{ContentType: t.Type + "/mp4", CacheControl: segmentCaching, IfAbsent: true}
	inits := r.hand.worker.inits
	if name := r.task.Store + " " + t.Init; !inits.has(name) {
		if err := r.put(ctx, objects, t.Init, e.Objects[t.ID+"/init"], options); err != nil {
			return err
		}
		inits.add(name)
	}
	options.IfAbsent = false // a retry has the same bytes, and may have to mend what another try left unfinished
	return r.put(ctx, objects, t.Key, e.Objects[t.ID+"/media"], options)
}

// put puts one object, again while the store is away.
func (r *segmentRun) put(ctx context.Context, objects Objects, key string, body []byte, options rung.ObjectOptions) error {
	said := false
	return persist(ctx, func() error {
		try, cancel := context.WithTimeout(ctx, r.hand.worker.opts.PutTimeout)
		defer cancel()
		err := objects.Put(try, key, body, options)
		if err != nil && mayPass(err) && !said {
			said = true
			r.hand.log.Warn("store is away, segment waits", "segment", r.task.ID.String(), "key", key, "error", err)
		}
		return err
	})
}
