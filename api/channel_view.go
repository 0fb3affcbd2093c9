package api

import (
	"time"

	"rung"
	"rung/api/resource"
)

// staleAfter is when a status, renewed every other second, says nothing of the present any more.
const staleAfter = 15 * time.Second

// channelView is the channel as the API shows it: without secrets, and with the state that holds now. A status that
// nobody renews is not believed: its ingest node is gone, and the channel waits for another.
func channelView(ch rung.Channel, status *rung.ChannelStatus, base string, now time.Time) resource.Channel {
	ch.Source = hideSecrets(ch.Source)
	v := resource.Channel{
		Channel:     ch,
		State:       rung.ChannelStopped,
		Alarms:      []rung.Alarm{},
		PlaybackURL: base + "/live/" + ch.ID + "/master.m3u8",
	}
	if ch.Enabled {
		v.State = rung.ChannelStarting
	}
	v.Since = ch.Updated
	if status == nil {
		return v
	}
	fillMedia(status.Media)
	v.Session, v.Raised, v.Media = status.Session, status.Raised, status.Media
	if now.Sub(status.Updated) > staleAfter {
		v.Since = status.Updated
		if ch.Enabled {
			v.Alarms = append(v.Alarms, rung.Alarm{
				Code: "unattended", Severity: rung.Major, Since: status.Updated, Count: 1,
				Message: "no ingest node has reported of this channel", Hint: "see whether a node with the ingest role runs",
			})
		}
		return v
	}
	v.Node, v.Since, v.SourceFigures = status.Node, status.Since, status.Source
	// Just started, and its ingest has not said so yet.
	if !ch.Enabled || status.State != rung.ChannelStopped {
		v.State, v.Error = status.State, status.Error
	}
	v.Alarms = append(v.Alarms, status.Alarms...)
	return v
}

// fillMedia makes empty lists lists.
func fillMedia(m *rung.MediaInfo) {
	if m == nil {
		return
	}
	if m.Video == nil {
		m.Video = []rung.VideoInfo{}
	}
	if m.Audio == nil {
		m.Audio = []rung.AudioInfo{}
	}
}

// promised are the renditions of a ladder of which nothing is published yet.
func promised(l rung.Ladder) []resource.Rendition {
	var all []resource.Rendition
	for _, v := range l.Video {
		all = append(all, resource.Rendition{ID: v.ID, Type: "video", Width: v.Width, Height: v.Height, FrameRate: l.Grid.Rate})
	}
	for _, a := range l.Audio {
		all = append(all, resource.Rendition{ID: a.ID, Type: "audio"})
	}
	return all
}
