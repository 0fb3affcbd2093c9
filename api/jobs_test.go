package api_test

import (
	"context"
	"strings"
	"testing"

	"rung"
	"rung/api/resource"
)

func TestJobLife(t *testing.T) {
	p := start(t, nil)
	j := decode[resource.Job](t, p.call("POST", "/api/v1/jobs", `{"input":"s3://in/film.mov","profile":"hd5"}`, 201))
	if j.State != rung.JobQueued || !strings.HasPrefix(j.ID, "job-") || j.PlaybackURL != "" {
		t.Errorf("a new job is %+v", j)
	}
	p.call("POST", "/api/v1/jobs", `{"id":"film","input":"file:/in/film.mov","profile":"hd5"}`, 201)
	p.call("POST", "/api/v1/jobs", `{"id":"film","input":"file:/in/film.mov","profile":"hd5"}`, 409)
	if list := decode[resource.List[resource.Job]](t, p.call("GET", "/api/v1/jobs", "", 200)); len(list.Items) != 2 || list.Items[0].ID != "film" {
		t.Errorf("the list, newest first, is %+v", list)
	}
	if j = decode[resource.Job](t, p.call("DELETE", "/api/v1/jobs/film", "", 200)); j.State != rung.JobCanceled || j.Finished.IsZero() {
		t.Errorf("canceled it is %+v", j)
	}
	if len(p.queue.canceled) != 1 || p.queue.canceled[0] != "vod film" {
		t.Errorf("canceled tasks are of %q, not of the job", p.queue.canceled)
	}
	p.call("DELETE", "/api/v1/jobs/film", "", 204)
	p.call("GET", "/api/v1/jobs/film", "", 404)
	p.call("DELETE", "/api/v1/jobs/film", "", 404)
}

func TestJobProgress(t *testing.T) {
	p := start(t, nil)
	put := func(j rung.Job) {
		_, revision, _ := p.jobs.Get(context.Background(), j.ID)
		if _, err := p.jobs.Put(context.Background(), j.ID, j, revision); err != nil {
			t.Fatal(err)
		}
	}
	job := rung.Job{ID: "film", Input: "https://h/film.mov", Profile: "hd5", State: rung.JobRunning, Segments: 40, Done: 10}
	put(job)
	if j := decode[resource.Job](t, p.call("GET", "/api/v1/jobs/film", "", 200)); j.Progress != 0.25 || j.PlaybackURL != "" {
		t.Errorf("under way it is %+v", j)
	}
	job.State, job.Done = rung.JobDone, 40
	put(job)
	if j := decode[resource.Job](t, p.call("GET", "/api/v1/jobs/film", "", 200)); j.Progress != 1 || j.PlaybackURL != p.base+"/vod/film/master.m3u8" {
		t.Errorf("done it is %+v", j)
	}
	job.Output = "s3://out/film"
	put(job)
	if j := decode[resource.Job](t, p.call("GET", "/api/v1/jobs/film", "", 200)); j.PlaybackURL != "" {
		t.Errorf("done elsewhere it is %+v", j)
	}
}

func TestJobRefusals(t *testing.T) {
	p := start(t, nil)
	for body, says := range map[string]string{
		`{"profile":"hd5"}`:                                           "input is missing",
		`{"input":"udp://h:1","profile":"hd5"}`:                       `input: scheme "udp" is not one of`,
		`{"input":"/in/film.mov","profile":"hd5"}`:                    `input: scheme "" is not one of`,
		`{"input":"file:/a.mov"}`:                                     "has no profile",
		`{"input":"file:/a.mov","profile":"none"}`:                    `profile "none" does not exist`,
		`{"id":"A","input":"file:/a","profile":"hd5"}`:                `job id "A" is not valid`,
		`{"input":"file:/a.mov","profile":"hd5","output":"http://h"}`: `output: scheme "http" is not one of`,
	} {
		if prob := p.call("POST", "/api/v1/jobs", body, 400).problem(t); !strings.Contains(prob.Detail, says) {
			t.Errorf("%s says %q, not %q", body, prob.Detail, says)
		}
	}
}
