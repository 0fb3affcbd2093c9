package packager

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

const (
	list720 = "live/news/720p.m3u8"
	list360 = "live/news/360p.m3u8"
	listSnd = "live/news/audio.m3u8"
	master  = "live/news/master.m3u8"
)

func TestSegmentsAreListedInOrder(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		synctest.Wait()
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("in the store before there is a segment: %q", keys)
		}
		e.run(0, 1)
		for _, key := range []string{list720, list360, listSnd} {
			s.want(key, "0/0: 0")
		}
		e.run(1, 12)
		for _, key := range []string{list720, list360, listSnd} {
			s.want(key, "2/0:"+from(2, 10))
		}
		s.wantEvents()
	})
}

func TestLivePresentationAsText(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 7)
		for _, name := range []string{"master", "720p", "audio"} {
			golden(t, "presentation-"+name+".m3u8", []byte(s.store.text("live/news/"+name+".m3u8")))
		}
		o := s.store.objects[list720].options
		if o.ContentType != "application/vnd.apple.mpegurl" || o.CacheControl != "no-cache" {
			t.Errorf("playlist stored as %+v", o)
		}
	})
}

func TestMasterPlaylistComesFirst(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 1)
		puts := slices.DeleteFunc(slices.Clone(s.store.puts), func(key string) bool { return !strings.HasSuffix(key, ".m3u8") })
		if want := []string{master, list720, list360, listSnd}; !slices.Equal(puts, want) {
			t.Errorf("playlists put in the order %q, not %q", puts, want)
		}
		e.run(1, 12)
		masters := 0
		for _, key := range s.store.puts {
			if key == master {
				masters++
			}
		}
		if masters > 3 {
			t.Errorf("the master playlist was put %d times for 12 even segments", masters)
		}
	})
}

func TestRatesFollowTheMedia(t *testing.T) {
	// The store checks each playlist against the master playlist that is there; here the bounds are seen from outside.
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		for n := range int64(60) {
			r := e.result(n)
			size := int64(100_000)
			if n%20 >= 10 {
				size = 900_000 // hard pictures
			}
			r.Tracks[0].Bytes = size
			e.put(r.Tracks[0].Key, size)
			e.raise(n + 1)
			s.results.add(r)
			s.pass(segmentTime)
			p, err := parseMedia(s.store.text(list720))
			if err != nil {
				t.Fatal(err)
			}
			var samples []sample
			for _, e := range p.entries {
				samples = append(samples, sample{int64(len(s.store.objects["live/news/"+e.URI].body)), e.DurationUS})
			}
			sound := peakRate([]sample{{32_000, 3_840_000}}, 4) // about
			peak := peakRate(samples, p.target)
			if v := parseMaster(s.store.text(master))[0]; v.Bandwidth < peak+sound/2 || v.Bandwidth > (peak+sound)*19/10 {
				t.Errorf("after segment %d: %d bit/s declared, the peak is %d", n, v.Bandwidth, peak)
			}
		}
	})
}

func TestResultsOutOfOrder(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.raise(6)
		e.done(0, 2, 1)
		s.want(list720, "0/0: 0 1 2")
		e.done(5, 4)
		s.want(list720, "0/0: 0 1 2")
		e.done(2, 5, 4, 0) // once more
		s.want(list720, "0/0: 0 1 2")
		e.done(3)
		s.want(list720, "0/0: 0 1 2 3 4 5")
		s.wantEvents()
	})
}

func TestFirstSegmentIsWaitedFor(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.raise(2)
		e.done(1)
		s.pass(5 * time.Second)
		s.want(list720, "")
		e.done(0)
		s.want(list720, "0/0: 0 1")
	})
}

func TestMissingSegmentBecomesAGap(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 3)
		e.raise(5)
		e.done(4)
		deadline := e.origin.Add(4*segmentTime + allowance)
		s.pass(time.Until(deadline) - time.Millisecond)
		s.want(list720, "0/0: 0 1 2")
		s.pass(time.Millisecond)
		for _, key := range []string{list720, list360, listSnd} {
			s.want(key, "0/0: 0 1 2 gap3 4")
		}
		s.wantEvents("channel.alarm gap", "channel.alarm_cleared gap")
		// A gap is for ever: the late result changes nothing, and its objects go.
		e.done(3)
		s.want(list720, "0/0: 0 1 2 gap3 4")
		s.pass(time.Minute)
		for _, key := range s.store.keys("live/news/s1/") {
			if strings.HasSuffix(key, "00003.m4s") {
				t.Errorf("the late segment's %s is still in the store", key)
			}
		}
		p, _ := parseMedia(s.store.text(list720))
		if p.version != 8 {
			t.Errorf("a playlist with a gap has version %d", p.version)
		}
		if at := p.entries[3].Time; !at.Equal(e.origin.Add(3 * segmentTime)) {
			t.Errorf("the gap begins at %v, not at %v", at, e.origin.Add(3*segmentTime))
		}
	})
}

func TestUnraisedSegmentIsNoGap(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 3)
		s.pass(10 * time.Minute) // ingest is away
		s.want(list720, "0/0: 0 1 2")
		s.wantEvents()
	})
}

func TestSlowSourceClockMakesNoGaps(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 2)
		// The source has fallen behind the wall clock by more than the allowance.
		e.origin = e.origin.Add(-time.Minute)
		for n := int64(2); n < 8; n++ {
			s.pass(segmentTime)
			e.raise(n + 1)
			s.pass(2 * time.Second)
			r := e.result(n)
			r.Deadline = time.Now()
			s.results.add(r)
		}
		s.want(list720, "0/0:"+from(0, 8))
		s.wantEvents()
	})
}

func TestFailedSegmentIsAGapAtOnce(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 2)
		e.raise(4)
		s.results.add(e.failed(3))
		s.want(list720, "0/0: 0 1")
		e.done(2)
		s.want(list720, "0/0: 0 1 2 gap3")
		s.wantEvents("channel.alarm gap")
		e.run(4, 5)
		s.wantEvents("channel.alarm_cleared gap")
	})
}

func TestGapInOneRendition(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 1)
		r := e.result(1)
		r.Tracks[1].Gap, r.Tracks[1].Bytes, r.Tracks[1].Init, r.Tracks[1].Key = true, 0, "", ""
		s.results.add(r)
		e.run(2, 3)
		s.want(list720, "0/0: 0 1 2")
		s.want(list360, "0/0: 0 gap1 2")
	})
}

func TestMisplacedSegmentIsAGap(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 1)
		r := e.result(1)
		r.Tracks[0].Key = "elsewhere/1.m4s"
		s.results.add(r)
		s.want(list720, "0/0: 0 gap1")
	})
}

func TestSequencesGrowOverRestarts(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 9)
		s.want(list720, "3/0:"+from(3, 6))
		before := s.store.text(list720)
		s.restart()
		s.pass(10 * time.Second)
		if after := s.store.text(list720); after != before {
			t.Errorf("a restart changed the playlist to\n%s", after)
		}
		// What comes while no packager runs is listed by the next.
		s.stop()
		e.raise(12)
		e.done(9, 10, 11)
		s.pass(5 * time.Minute)
		s.start()
		s.want(list720, "6/0:"+from(6, 6))
		e.run(12, 14)
		s.want(list720, "8/0:"+from(8, 6))
		s.wantEvents()
	})
}

func TestRestartBetweenStateAndPlaylist(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 8)
		r := e.result(8) // stored, then the store goes away for the playlists only
		s.store.outage.set(errAway)
		s.results.add(r)
		synctest.Wait()
		s.want(list720, "2/0:"+from(2, 6))
		s.stop()
		s.store.outage.set(nil)
		s.start()
		s.want(list720, "3/0:"+from(3, 6))
	})
}

func TestOutOfOrderResultsOutlastARestart(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.raise(5)
		e.done(0, 1, 4, 3)
		s.restart()
		e.done(2)
		s.want(list720, "0/0:"+from(0, 5))
	})
}

func TestLostStateBeginsWhereResultsDo(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.raise(100)
		s.pass(100 * segmentTime)
		e.done(96, 95, 97)
		s.pass(startStill)
		s.want(list720, "0/0: 95 96 97")
	})
}

func TestNewSession(t *testing.T) {
	inSystem(t, func(s *system) {
		old := s.session("s1").channel(rung.Channel{Window: 6})
		old.run(0, 8)
		old.raise(9) // raised, never done: its ingest and workers die
		s.pass(20 * time.Second)
		e := s.session("s2")
		e.init = "b"
		e.raise(0)
		e.run(0, 2)
		s.want(list720, "5/0: 5 6 7 gap8 |0 1")
		e.run(2, 7)
		s.want(list720, "10/1:"+from(1, 6))
		s.pass(5 * time.Minute)
		for _, key := range s.store.keys("live/news/s1/") {
			t.Errorf("left of the old session: %s", key)
		}
		if got := s.events.take(); !slices.Equal(got, []string{"channel.alarm gap", "channel.alarm_cleared gap"}) {
			t.Errorf("events %q", got)
		}
	})
}

func TestNewSessionWaitsForTheOld(t *testing.T) {
	inSystem(t, func(s *system) {
		old := s.session("s1").channel(rung.Channel{})
		old.run(0, 2)
		old.raise(4)
		e := s.session("s2")
		e.done(0) // its result is there before its timeline
		e.raise(1)
		s.want(list720, "0/0: 0 1")
		old.done(3, 2)
		s.want(list720, "0/0: 0 1 2 3 |0")
		old.done(3) // once more, late
		s.want(list720, "0/0: 0 1 2 3 |0")
		s.wantEvents()
	})
}

func TestEmptySessionIsPassedOver(t *testing.T) {
	inSystem(t, func(s *system) {
		s.session("s1").channel(rung.Channel{}).run(0, 2)
		s.session("s2").raise(0)
		synctest.Wait()
		e := s.session("s3")
		e.raise(0)
		e.run(0, 2)
		s.want(list720, "0/0: 0 1 |0 1")
	})
}

func TestNewInitSegmentIsADiscontinuity(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 3)
		e.init = "b"
		e.run(3, 5)
		s.want(list720, "0/0: 0 1 2 |3 4")
		e.run(5, 11)
		s.want(list720, "5/1:"+from(5, 6))
		s.pass(2 * time.Minute)
		e.run(11, 12)
		if keys := s.store.keys("live/news/s1/720p/init-"); !slices.Equal(keys, []string{"live/news/s1/720p/init-b.mp4"}) {
			t.Errorf("init segments left: %q", keys)
		}
	})
}

func TestNewLadder(t *testing.T) {
	inSystem(t, func(s *system) {
		s.session("s1").channel(rung.Channel{Window: 6}).run(0, 3)
		e := s.session("s2")
		e.tracks = []rung.Track{e.tracks[0], {ID: "540p", Type: video, Codecs: "avc1.64001f", Width: 960, Height: 540}, e.tracks[2]}
		e.raise(0)
		e.run(0, 2)
		s.want(list720, "0/0: 0 1 2 |0 1")
		s.want("live/news/540p.m3u8", "0/0: gap0 gap1 gap2 |0 1")
		s.want(list360, "0/0: 0 1 2 end")
		if text := s.store.text(master); strings.Contains(text, "360p") || !strings.Contains(text, "540p.m3u8") {
			t.Errorf("the master playlist offers\n%s", text)
		}
		e.run(2, 8)
		s.want("live/news/540p.m3u8", "5/1:"+from(2, 6))
		if s.store.text(list360) != "" {
			t.Error("the playlist of a rendition that is gone is still there")
		}
	})
}

func TestObjectsOutliveTheirListing(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 7) // segment 0 leaves
		left := time.Now()
		first := "live/news/s1/720p/00000.m4s"
		keep := 7*segmentTime + 30*time.Second
		e.run(7, 20)
		for time.Since(left) < keep-segmentTime {
			s.pass(time.Second)
		}
		if s.store.text(first) == "" {
			t.Errorf("deleted within %v, before all could have asked for it", time.Since(left))
		}
		s.pass(2 * deletePause)
		if s.store.text(first) != "" {
			t.Errorf("still there after %v", time.Since(left))
		}
		s.pass(time.Minute)
		for _, object := range s.store.keys("live/news/s1/") {
			if strings.HasSuffix(object, ".m4s") && object[len(object)-9:] < "00014.m4s" {
				t.Errorf("left in the store: %s", object)
			}
		}
	})
}

func TestDVR(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{DVR: rung.Duration(time.Minute)})
		e.run(0, 20)
		s.want(list720, "4/0:"+from(4, 16)) // 16 * 3.84 s is a minute and a bit
		s.channels.set("news", &rung.Channel{ID: "news", Window: 2})
		e.run(20, 21)
		s.want(list720, "15/0:"+from(15, 6)) // never under 6
	})
}

func TestStoppedChannelEndsAndCarriesOn(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 3)
		e.raise(4)
		e.timeline(true)
		s.want(list720, "0/0: 0 1 2")
		e.done(3)
		s.want(list720, "0/0: 0 1 2 3 end")
		s.restart()
		s.want(list720, "0/0: 0 1 2 3 end")
		s.pass(time.Hour)
		e = s.session("s2")
		e.raise(0)
		s.want(list720, "0/0: 0 1 2 3 end")
		e.run(0, 1)
		s.want(list720, "0/0: 0 1 2 3 |0")
		s.wantEvents()
	})
}

func TestLastResultEnds(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		r := e.result(0)
		r.Last = true
		s.results.add(r)
		s.want(list720, "0/0: 0 end")
	})
}

func TestStoreAway(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		e.run(0, 6)
		r6, r7, r8 := e.result(6), e.result(7), e.result(8)
		s.store.outage.set(errAway)
		e.raise(7)
		s.results.add(r6)
		s.pass(40 * time.Second) // the deadlines of 7 and 8 pass
		e.raise(9)
		s.pass(20 * time.Second)
		s.store.outage.set(nil)
		s.pass(11 * time.Second)
		s.want(list720, "1/0:"+from(1, 6))
		s.results.add(r8)
		s.results.add(r7) // their workers had to wait as well
		s.want(list720, "3/0:"+from(3, 6))
		s.wantEvents("channel.alarm unavailable", "channel.alarm_cleared unavailable")
	})
}

func TestStoreAwayIsNoReasonForAGap(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 2)
		r := e.result(2)
		e.raise(3)
		s.store.outage.set(errAway)
		s.pass(time.Minute)
		s.want(list720, "0/0: 0 1")
		s.store.outage.set(nil)
		s.pass(lastPause + allowance/2)
		s.results.add(r)
		s.want(list720, "0/0: 0 1 2")
	})
}

func TestQueueAway(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 2)
		s.state.set(errAway)
		e.raise(4)
		e.done(2, 3)
		s.want(list720, "0/0: 0 1")
		s.pass(time.Minute)
		s.state.set(nil)
		s.pass(lastPause)
		s.want(list720, "0/0: 0 1 2 3")
		s.wantEvents("channel.alarm unavailable", "channel.alarm_cleared unavailable")
	})
}

func TestLostLease(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 2)
		first := s.stop
		s.start() // waits for the lease
		e.run(2, 4)
		s.leases.lose("packager.live.news")
		s.pass(time.Second)
		e.run(4, 6)
		s.want(list720, "0/0:"+from(0, 6))
		first()
		e.run(6, 8)
		s.want(list720, "0/0:"+from(0, 8))
		s.wantEvents()
	})
}

func TestDeletedChannelLeavesNothing(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{})
		e.run(0, 3)
		s.channels.set("news", nil)
		s.timelines.set("news", nil)
		synctest.Wait()
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("left in the store: %q", keys)
		}
		if len(s.state.docs) > 0 {
			t.Error("left of the state")
		}
		e.done(3) // a task that was at work
		s.pass(stragglerTime)
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("left in the store by a straggler: %q", keys)
		}
	})
}

func TestChannelDeletedWhileNoPackagerRuns(t *testing.T) {
	inSystem(t, func(s *system) {
		s.session("s1").channel(rung.Channel{}).run(0, 3)
		s.stop()
		s.channels.set("news", nil)
		s.start()
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("left in the store: %q", keys)
		}
	})
}

func TestChannelOfTheSameNameBeginsAnew(t *testing.T) {
	inSystem(t, func(s *system) {
		s.session("s1").channel(rung.Channel{}).run(0, 3)
		s.channels.set("news", nil)
		synctest.Wait()
		s.store.last = map[string]parsedMedia{}
		s.store.uris = map[string]string{}
		s.pass(10 * time.Second)
		// The channel is there before its own timeline is: the deleted one's must not come back.
		s.channels.set("news", &rung.Channel{ID: "news", Created: time.Now()})
		s.pass(10 * time.Second)
		if keys := s.store.keys("live/news/"); len(keys) > 0 {
			t.Errorf("back again: %q", keys)
		}
		e := s.session("s2").channel(rung.Channel{Created: time.Now()})
		e.run(0, 2)
		s.want(list720, "0/0: 0 1")
	})
}

// TestChannelReplacedAtOnce: the packager never sees the channel gone, only one of the same id made later. Nothing of the
// old one stays listed once the new one has a segment, and the sequence does not fall for who still plays it.
func TestChannelReplacedAtOnce(t *testing.T) {
	inSystem(t, func(s *system) {
		s.session("s1").channel(rung.Channel{Created: time.Now()}).run(0, 3)
		s.pass(time.Second)
		s.channels.set("news", &rung.Channel{ID: "news", Created: time.Now()})
		s.pass(time.Second)
		s.want(list720, "0/0: 0 1 2")
		e := s.session("s2").channel(rung.Channel{Created: time.Now()})
		e.run(0, 2)
		s.want(list720, "3/0: |0 1")
		s.pass(5 * time.Minute)
		for _, key := range s.store.keys("live/news/s1/") {
			t.Errorf("left of the old channel: %s", key)
		}
	})
}

func TestForgottenObjectsAreSwept(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1").channel(rung.Channel{Window: 6})
		old := s.session("s0")
		old.result(5) // of a session that nobody knows
		s.store.objects["live/news/144p.m3u8"] = memoryObject{body: []byte("a rendition's that is gone")}
		s.store.objects["live/newspaper/x.m3u8"] = memoryObject{body: []byte("another channel's")}
		s.store.objects["live/news/s1/720p/notes"] = memoryObject{body: []byte("not ours")}
		e.run(0, 30)
		e.put("live/news/s1/720p/00003.m4s", 10) // stored by a worker that everyone had given up
		for range 40 {
			s.pass(time.Minute)
		}
		e.run(30, 32)
		for _, key := range []string{"live/news/s1/720p/00003.m4s", "live/news/144p.m3u8"} {
			if s.store.text(key) != "" {
				t.Errorf("still there: %s", key)
			}
		}
		if keys := s.store.keys("live/news/s0/"); len(keys) > 0 {
			t.Errorf("still there: %q", keys)
		}
		for _, key := range []string{"live/newspaper/x.m3u8", "live/news/s1/720p/notes", "live/news/s1/720p/00031.m4s", "live/news/s1/audio/init-a.mp4"} {
			if s.store.text(key) == "" {
				t.Errorf("gone: %s", key)
			}
		}
	})
}

func TestSoundOnly(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1")
		e.tracks = e.tracks[2:]
		e.channel(rung.Channel{}).run(0, 3)
		s.want(listSnd, "0/0: 0 1 2")
		golden(t, "presentation-sound.m3u8", []byte(s.store.text(master)))
	})
}

func TestSeveralLanguages(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1")
		e.tracks = append(e.tracks[:1], e.tracks[2], rung.Track{ID: "audio-2", Type: audio, Codecs: "mp4a.40.2", Channels: 2, Language: "fre", Name: "English"})
		e.channel(rung.Channel{}).run(0, 3)
		golden(t, "presentation-languages.m3u8", []byte(s.store.text(master)))
	})
}

func TestPicturesOnly(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.session("s1")
		e.tracks = e.tracks[:1]
		e.channel(rung.Channel{}).run(0, 3)
		golden(t, "presentation-pictures.m3u8", []byte(s.store.text(master)))
	})
}
