package packager

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rung"
)

const filmMaster = "vod/film/master.m3u8"

// film is a running job's session.
func (s *system) film(segments int64, output string) *session {
	e := s.session("v1")
	e.kind, e.owner, e.prefix, e.output = rung.VOD, "film", "vod/film/v1", output
	if output != "" {
		e.prefix, e.store = "v1", s.output
	}
	s.jobs.set("film", &rung.Job{ID: "film", State: rung.JobRunning, Session: "v1", Segments: segments, Output: output})
	return e
}

// last is the result of a film's last segment, which has frames pictures.
func (e *session) last(n, frames int64) rung.Result {
	r := e.result(n)
	r.Interval = e.grid.Interval(n*e.grid.SegmentFrames, frames)
	r.Last = true
	return r
}

func (s *system) job() rung.Job {
	synctest.Wait()
	return *s.jobs.get("film")
}

func TestFilm(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(4, "")
		e.done(2, 0)
		s.results.add(e.last(3, 30))
		s.pass(time.Minute)
		if text := s.store.text(filmMaster); text != "" {
			t.Errorf("shown before all is there:\n%s", text)
		}
		if j := s.job(); j.State != rung.JobRunning || j.Done != 3 {
			t.Errorf("job is %s with %d done", j.State, j.Done)
		}
		e.done(1)
		if j := s.job(); j.State != rung.JobDone || j.Done != 4 || j.Segments != 4 || j.Finished.IsZero() || j.Error != nil {
			t.Errorf("job ended as %+v", j)
		}
		for _, name := range []string{"master", "720p", "audio"} {
			golden(t, "film-"+name+".m3u8", []byte(s.store.text("vod/film/"+name+".m3u8")))
		}
		if last := s.store.puts[len(s.store.puts)-1]; last != filmMaster {
			t.Errorf("%s was put last, not the master playlist", last)
		}
		s.wantEvents("job.state done")
	})
}

func TestFilmRatesAreExact(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(3, "")
		e.done(0, 1)
		s.results.add(e.last(2, 96))
		synctest.Wait()
		rate := func(id string) (samples []sample) {
			for n := range 3 {
				key := "vod/film/v1/" + id + "/0000" + string(rune('0'+n)) + ".m4s"
				samples = append(samples, sample{int64(len(s.store.objects[key].body)), 3_840_000})
			}
			return samples
		}
		v := parseMaster(s.store.text(filmMaster))[1]
		peak := peakRate(rate("360p"), 4) + peakRate(rate("audio"), 4)
		mean := meanRate(rate("360p")) + meanRate(rate("audio"))
		if v.Bandwidth != peak || v.Average != mean {
			t.Errorf("declared %d and %d, measured %d and %d", v.Bandwidth, v.Average, peak, mean)
		}
	})
}

func TestFilmInAPlaceOfItsOwn(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(2, "/films/one")
		e.done(0, 1)
		if j := s.job(); j.State != rung.JobDone {
			t.Errorf("job is %s: %v", j.State, j.Error)
		}
		text := s.output.text("720p.m3u8")
		if !strings.Contains(text, "\nv1/720p/00001.m4s\n") || s.output.text("master.m3u8") == "" {
			t.Errorf("the folder has %q, and the playlist\n%s", s.output.keys(""), text)
		}
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("in the system's store: %q", keys)
		}
		s.jobs.set("film", nil)
		s.pass(2 * stragglerTime)
		if len(s.output.keys("")) == 0 {
			t.Error("deleting the job has deleted the film")
		}
		if len(s.state.docs) > 0 {
			t.Error("left of the state")
		}
	})
}

func TestDeletedFilm(t *testing.T) {
	inSystem(t, func(s *system) {
		s.store.objects["vod/film2/master.m3u8"] = memoryObject{} // another job's
		e := s.film(2, "")
		e.done(0, 1)
		if j := s.job(); j.State != rung.JobDone || s.store.text(filmMaster) == "" {
			t.Fatalf("job is %s", j.State)
		}
		s.stop()
		s.jobs.set("film", nil) // while no packager runs
		s.start()
		if keys := s.store.keys(""); !slices.Equal(keys, []string{"vod/film2/master.m3u8"}) {
			t.Errorf("left in the store: %q", keys)
		}
		if len(s.state.docs) > 0 {
			t.Error("left of the state")
		}
		s.pass(2 * stragglerTime)
		if len(s.store.keys("")) != 1 {
			t.Error("the second look has deleted another job's film")
		}
	})
}

func TestFilmThatEndsWhileTheStateIsAwayCanBeDeleted(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(1, "")
		s.state.set(errAway)
		e.done(0)
		s.pass(time.Minute)
		if j := s.job(); j.State != rung.JobRunning {
			t.Errorf("job is %s, and nothing says what it has stored", j.State)
		}
		s.state.set(nil)
		s.pass(lastPause)
		if j := s.job(); j.State != rung.JobDone {
			t.Errorf("job is %s", j.State)
		}
		s.jobs.set("film", nil)
		synctest.Wait()
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("left in the store: %q", keys)
		}
	})
}

func TestFilmWithABadSegment(t *testing.T) {
	for name, spoil := range map[string]func(*rung.Result){
		"bad input": func(r *rung.Result) {
			r.Outcome, r.Tracks, r.Error = rung.Bad, nil, rung.Errorf(rung.CodeBadInput, "", "no picture can be decoded")
		},
		"failed without a word": func(r *rung.Result) { r.Outcome, r.Tracks = rung.Failed, nil },
		"a rendition missing":   func(r *rung.Result) { r.Tracks[1].Gap = true },
		"outside its folder":    func(r *rung.Result) { r.Tracks[0].Key = "vod/other/v1/720p/00001.m4s" },
	} {
		inSystem(t, func(s *system) {
			e := s.film(3, "")
			e.done(0)
			r := e.result(1)
			spoil(&r)
			s.results.add(r)
			j := s.job()
			if j.State != rung.JobFailed || j.Error == nil || j.Error.Hint == "" || !strings.Contains(j.Error.Message, "vod.film.v1.1") {
				t.Errorf("%s: job ended as %s with %+v", name, j.State, j.Error)
			}
			if keys := s.store.keys(""); len(keys) > 0 {
				t.Errorf("%s: left in the store: %q", name, keys)
			}
			e.done(2) // a task that was at work
			s.pass(stragglerTime)
			if keys := s.store.keys(""); len(keys) > 0 {
				t.Errorf("%s: left in the store by a straggler: %q", name, keys)
			}
			s.wantEvents("job.state failed")
			s.restart()
			s.jobs.set("film", nil)
			synctest.Wait()
			if len(s.state.docs) > 0 {
				t.Errorf("%s: left of the state", name)
			}
		})
	}
}

func TestCanceledFilm(t *testing.T) {
	for _, output := range []string{"", "/films/one"} {
		inSystem(t, func(s *system) {
			e := s.film(3, output)
			e.store.objects["mine"] = memoryObject{}
			e.done(0, 1)
			s.pass(statePause)
			j := s.job()
			j.State = rung.JobCanceled
			s.jobs.set("film", &j)
			synctest.Wait()
			if keys := e.store.keys(""); !slices.Equal(keys, []string{"mine"}) {
				t.Errorf("output %q: left in the store: %q", output, keys)
			}
			s.pass(stragglerTime)
			if j := s.job(); j.State != rung.JobCanceled {
				t.Errorf("output %q: the job became %s", output, j.State)
			}
		})
	}
}

func TestFilmCanceledWhileTheStoreIsAway(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(1, "")
		r := e.result(0)
		s.store.outage.set(errAway)
		s.results.add(r)
		s.pass(time.Minute)
		j := s.job()
		j.State = rung.JobCanceled
		s.jobs.set("film", &j)
		s.pass(time.Minute)
		s.store.outage.set(nil)
		s.pass(time.Minute)
		if keys := s.store.keys(""); len(keys) > 0 {
			t.Errorf("left in the store: %q", keys)
		}
	})
}

func TestFilmOverARestart(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(4, "")
		e.done(3, 0)
		s.pass(time.Second)
		s.restart()
		e.done(1, 0)
		s.stop()
		e.done(2)
		s.results.list = slices.Clone(s.results.list)
		s.start()
		if j := s.job(); j.State != rung.JobDone || j.Done != 4 {
			t.Errorf("job is %s with %d done", j.State, j.Done)
		}
	})
}

func TestFilmOutlivesItsResults(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(4, "")
		e.done(0, 1, 2)
		s.pass(2 * statePause)
		s.stop()
		for i := range 3 { // the stream has dropped them
			s.results.list[i].ID.Owner = "gone"
		}
		s.start()
		e.done(3)
		if j := s.job(); j.State != rung.JobDone {
			t.Errorf("job is %s with %d done", j.State, j.Done)
		}
	})
}

func TestResultsOfAnotherTryDoNotCount(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(1, "")
		r := e.result(0)
		r.ID.Session, r.Outcome = "v0", rung.Failed
		s.results.add(r)
		if j := s.job(); j.State != rung.JobRunning {
			t.Errorf("job is %s", j.State)
		}
		e.done(0)
		if j := s.job(); j.State != rung.JobDone {
			t.Errorf("job is %s", j.State)
		}
	})
}

func TestProgressIsPaced(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(100, "")
		for n := range int64(99) {
			e.done(n)
			s.pass(50 * time.Millisecond)
		}
		s.pass(time.Second)
		if j := s.job(); j.Done != 99 {
			t.Errorf("%d done, not 99", j.Done)
		}
		if n := len(s.jobs.updates); n > 12 {
			t.Errorf("%d updates in 5 seconds", n)
		}
		for i := 1; i < len(s.jobs.updates); i++ {
			if s.jobs.updates[i].Done < s.jobs.updates[i-1].Done {
				t.Errorf("progress fell: %d after %d", s.jobs.updates[i].Done, s.jobs.updates[i-1].Done)
			}
		}
	})
}

func TestProgressOutlastsAnotherWriter(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(2, "")
		e.done(0)
		j := s.job()
		j.DurationUS = 7_680_000 // someone else's change
		s.jobs.set("film", &j)
		e.done(1)
		if j := s.job(); j.State != rung.JobDone || j.DurationUS != 7_680_000 {
			t.Errorf("job ended as %s with a duration of %d", j.State, j.DurationUS)
		}
	})
}

func TestFilmWaitsForTheStore(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(1, "")
		r := e.result(0)
		s.store.outage.set(errAway)
		s.results.add(r)
		s.pass(time.Minute)
		if j := s.job(); j.State != rung.JobRunning {
			t.Errorf("job is %s", j.State)
		}
		s.store.outage.set(nil)
		s.pass(lastPause)
		if j := s.job(); j.State != rung.JobDone {
			t.Errorf("job is %s", j.State)
		}
		s.wantEvents("job.alarm unavailable", "job.state done")
	})
}

func TestFilmWithoutAPlace(t *testing.T) {
	inSystem(t, func(s *system) {
		s.output.outage.set(rung.Errorf(rung.CodeForbidden, "check its mode", "folder /films may not be written"))
		s.film(1, "/films")
		if j := s.job(); j.State != rung.JobFailed || j.Error.Code != rung.CodeForbidden {
			t.Errorf("job is %s: %v", j.State, j.Error)
		}
	})
}

func TestFilmWithTwoInitSegments(t *testing.T) {
	inSystem(t, func(s *system) {
		e := s.film(4, "")
		second := *e
		second.init = "b"
		second.done(3, 2)
		e.done(1, 0)
		p, err := parseMedia(s.store.text("vod/film/720p.m3u8"))
		if err != nil {
			t.Fatal(err)
		}
		if got := outline(p); got != "0/0: 0 1 |2 3 end" || p.entries[3].Init != "v1/720p/init-b.mp4" {
			t.Errorf("shows %s with %s", got, p.entries[3].Init)
		}
	})
}

func TestQueuedJobWaits(t *testing.T) {
	inSystem(t, func(s *system) {
		s.jobs.set("film", &rung.Job{ID: "film", State: rung.JobPlanning})
		s.pass(time.Minute)
		e := s.film(1, "")
		e.done(0)
		if j := s.job(); j.State != rung.JobDone {
			t.Errorf("job is %s", j.State)
		}
	})
}
