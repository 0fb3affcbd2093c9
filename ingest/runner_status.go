package ingest

import (
	"fmt"
	"slices"
	"time"

	"rung"
)

// report gives the channel's status out.
func (r *runner) report() {
	status := rung.ChannelStatus{ID: r.channel.ID, State: r.state, Error: r.err, Node: r.opts.Node, Since: r.since.UTC(),
		Updated: time.Now().UTC(), Raised: r.raised, Source: r.figures(), Alarms: r.alarms.list()}
	if r.session != nil {
		status.Session, status.Media = r.session.id, &r.session.media
	}
	r.reporter.report(status)
}

// figures puts together what the receiver knows of the connection and the analyser of the packets.
func (r *runner) figures() rung.SourceFigures {
	var f rung.SourceFigures
	switch {
	case r.session != nil:
		f = r.session.analyser.Figures()
		f.Dropped = r.session.chunker.dropped
	case r.startup != nil:
		f = r.startup.scout.Figures()
	}
	f.Dropped += r.queue.lost()
	c := r.source.figures()
	f.Connected, f.Since, f.SyncLosses = c.Connected, c.Since, c.SyncLosses
	f.UDPDuplicates = c.UDPDuplicates
	f.RTPLost, f.RTPReordered, f.RTPDuplicates = c.RTPLost, c.RTPReordered, c.RTPDuplicates
	f.Bytes, f.Packets = max(f.Bytes, c.Bytes), max(f.Packets, c.Packets)
	if f.BitRate == 0 {
		f.BitRate = c.BitRate
	}
	f.Dropped += c.Dropped
	return f
}

// scrambled names the selected streams whose packets arrive scrambled now; "" where none does.
func (s *session) scrambled() string {
	names := ""
	for _, p := range s.analyser.Scrambled() {
		l := s.segmenter.opts.layout
		switch {
		case l.video != nil && p == l.video.pid:
			names = joined(names, fmt.Sprintf("video PID %d", p))
		case slices.ContainsFunc(l.audio, func(a track) bool { return a.pid == p }):
			names = joined(names, fmt.Sprintf("audio PID %d", p))
		}
	}
	return names
}
