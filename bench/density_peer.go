package bench

import (
	"context"
	"path/filepath"
	"slices"
	"time"
)

// comparePeer searches for what FFmpeg carries of the same load, beginning at what Rung carries.
func (m *densityRun) comparePeer(ctx context.Context) error {
	d := m.density
	p := &Peer{Program: m.Peer.Path, Version: m.Peer.Version}
	d.Peer = p
	sample, err := m.Load.channels(1, m.Profiles, m.Inputs)
	if err != nil {
		return err
	}
	args, err := peerLiveArgs(sample[0].input.Path, "OUT", sample[0].ladder)
	if err != nil {
		return err
	}
	p.Command = append([]string{m.Peer.Path}, args...)
	answers, limit, err := m.search(ctx, m.theirs, max(d.Channels, 1), &p.Trials)
	if err != nil {
		return err
	}
	p.Channels, p.Limit = slices.Min(answers), limit
	p.Answer = answerIndex(p.Trials, p.Channels)
	p.compare(d)
	return nil
}

// theirs carries channels by one FFmpeg process each.
func (m *densityRun) theirs(ctx context.Context, n int, d time.Duration) (Trial, error) {
	channels, err := m.Load.channels(n, m.Profiles, m.Inputs)
	if err != nil {
		return Trial{}, err
	}
	run := peerRun{ffmpeg: m.Peer, dir: filepath.Join(m.Scratch, "ffmpeg"), channels: channels, duration: d, target: m.Target, progress: m.Progress}
	return run.run(ctx)
}

// compare sets the ratios, each side at its own answer.
func (p *Peer) compare(d *Density) {
	if p.Channels == 0 {
		return
	}
	p.Ratio = float64(d.Channels) / float64(p.Channels)
	ours, theirs := d.AnswerTrial(), &p.Trials[p.Answer]
	if ours != nil && theirs.BusyCores > 0 {
		p.CPURatio = ours.BusyCores / float64(ours.Channels) / (theirs.BusyCores / float64(theirs.Channels))
	}
}
