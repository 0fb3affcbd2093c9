package api

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"rung"
	"rung/api/resource"
)

// snapshot is the platform at one scrape, as a prometheus.Collector. What a service could not say is missing from it,
// and rung_scrape_failed says so: the rest is worth having when one is away.
type snapshot struct {
	channels []resource.Channel
	latency  map[string]float64 // seconds, by channel
	jobs     []rung.Job
	nodes    []rung.Node
	pending  map[rung.TaskKind]int64
	failed   map[string]float64 // 1, by service
}

func takeSnapshot(ctx context.Context, s Services) *snapshot {
	snap := &snapshot{latency: map[string]float64{}, failed: map[string]float64{}}
	var err error
	snap.channels, err = allChannels(ctx, s, "")
	snap.failed["channels"] = failure(err)
	snap.jobs, err = s.Jobs.List(ctx)
	snap.failed["jobs"] = failure(err)
	snap.nodes, err = s.Nodes.List(ctx)
	snap.failed["nodes"] = failure(err)
	snap.pending, err = s.Tasks.Pending(ctx)
	snap.failed["tasks"] = failure(err)
	if s.Presentations == nil {
		return snap
	}
	for _, ch := range snap.channels {
		published, err := s.Presentations.Renditions(ctx, rung.Live, ch.ID)
		if err != nil {
			continue // a channel may have none
		}
		for _, r := range published {
			snap.latency[ch.ID] = max(snap.latency[ch.ID], r.Latency.D().Seconds())
		}
	}
	return snap
}

// figure describes one series of a snapshot.
func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("rung_"+name, help, labels, nil)
}

var (
	figChannels   = figure("channels", "Channels, by state.", "state")
	figUp         = figure("channel_source_connected", "1 while the source is connected.", "channel")
	figBitRate    = figure("channel_source_bits_per_second", "Bit rate of the source over the last seconds.", "channel")
	figContinuity = figure("channel_continuity_errors_total", "Continuity counter errors since the source was connected.", "channel")
	figTransport  = figure("channel_transport_errors_total", "Packets with the transport error indicator since the source was connected.", "channel")
	figLost       = figure("channel_rtp_lost_total", "RTP packets lost since the source was connected.", "channel")
	figDropped    = figure("channel_dropped_packets_total", "Packets thrown away because the source window could not be written.", "channel")
	figRaised     = figure("channel_segments_total", "Segments raised in this session.", "channel")
	figAlarms     = figure("channel_alarms", "Alarms that hold, by severity.", "channel", "severity")
	figLatency    = figure("channel_latency_seconds", "From the end of a segment at the source to its listing, of the rendition furthest behind.", "channel")
	figJobs       = figure("jobs", "Jobs, by state.", "state")
	figSlots      = figure("node_slots", "Slots of the node.", "node")
	figBusy       = figure("node_busy_slots", "Slots at work.", "node")
	figLoad       = figure("node_load", "One-minute load average.", "node")
	figDone       = figure("node_segments_done_total", "Segments done since the node's start.", "node")
	figNodeFailed = figure("node_segments_failed_total", "Segments failed since the node's start.", "node")
	figPending    = figure("queue_tasks", "Tasks that wait or are being worked on, by kind.", "kind")
	figFailed     = figure("scrape_failed", "1 where a service could not say its figures.", "service")
)

// Describe implements prometheus.Collector.
func (s *snapshot) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{figChannels, figUp, figBitRate, figContinuity, figTransport, figLost, figDropped, figRaised, figAlarms,
		figLatency, figJobs, figSlots, figBusy, figLoad, figDone, figNodeFailed, figPending, figFailed} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *snapshot) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	s.collectChannels(gauge, count)
	s.collectJobs(gauge)
	for _, n := range s.nodes {
		gauge(figSlots, float64(n.Slots), n.ID)
		gauge(figBusy, float64(n.Busy), n.ID)
		gauge(figLoad, n.Load, n.ID)
		count(figDone, n.Done, n.ID)
		count(figNodeFailed, n.Failed, n.ID)
	}
	for kind, n := range s.pending {
		gauge(figPending, float64(n), string(kind))
	}
	for service, v := range s.failed {
		gauge(figFailed, v, service)
	}
}

func (s *snapshot) collectChannels(gauge func(*prometheus.Desc, float64, ...string), count func(*prometheus.Desc, int64, ...string)) {
	states := map[rung.ChannelState]int{
		rung.ChannelStopped: 0, rung.ChannelStarting: 0, rung.ChannelRunning: 0, rung.ChannelWaiting: 0, rung.ChannelFailed: 0,
	}
	for _, c := range s.channels {
		states[c.State]++
		connected := 0.0
		if c.SourceFigures.Connected {
			connected = 1
		}
		gauge(figUp, connected, c.ID)
		gauge(figBitRate, float64(c.SourceFigures.BitRate), c.ID)
		count(figContinuity, c.SourceFigures.ContinuityErrors, c.ID)
		count(figTransport, c.SourceFigures.TransportErrors, c.ID)
		count(figLost, c.SourceFigures.RTPLost, c.ID)
		count(figDropped, c.SourceFigures.Dropped, c.ID)
		count(figRaised, c.Raised, c.ID)
		alarms := map[rung.Severity]int{rung.Warning: 0, rung.Major: 0, rung.Critical: 0}
		for _, a := range c.Alarms {
			alarms[a.Severity]++
		}
		for severity, n := range alarms {
			gauge(figAlarms, float64(n), c.ID, string(severity))
		}
	}
	for state, n := range states {
		gauge(figChannels, float64(n), string(state))
	}
	for id, seconds := range s.latency {
		gauge(figLatency, seconds, id)
	}
}

func (s *snapshot) collectJobs(gauge func(*prometheus.Desc, float64, ...string)) {
	states := map[rung.JobState]int{
		rung.JobQueued: 0, rung.JobPlanning: 0, rung.JobRunning: 0, rung.JobDone: 0, rung.JobFailed: 0, rung.JobCanceled: 0,
	}
	for _, j := range s.jobs {
		states[j.State]++
	}
	for state, n := range states {
		gauge(figJobs, float64(n), string(state))
	}
}
