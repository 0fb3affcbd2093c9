package api_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rung"
	"rung/api/client"
	"rung/api/resource"
)

func (p *platform) client(secret string) *client.Client {
	p.t.Helper()
	c, err := client.New(p.base, secret)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c
}

// Every call of the client, against the server.
func TestClientCalls(t *testing.T) {
	p := start(t, nil)
	c, ctx := p.client(p.secret), context.Background()
	must := func(what string, ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", what, ok, err)
		}
	}
	spec := resource.ChannelSpec{ID: "news", Source: rung.Source{URL: "srt://h:1", Passphrase: "a long secret"}, Profile: "hd5", DVR: rung.Duration(time.Hour)}
	ch, err := c.CreateChannel(ctx, spec)
	must("create", ch.ID == "news" && ch.DVR.D() == time.Hour && ch.Source.Passphrase == "", err)
	ch, err = c.PatchChannel(ctx, "news", map[string]any{"name": "News", "dvr": nil})
	must("patch", ch.Name == "News" && ch.DVR == 0, err)
	ch, err = c.StopChannel(ctx, "news")
	must("stop", !ch.Enabled, err)
	ch, err = c.StartChannel(ctx, "news")
	must("start", ch.Enabled, err)
	ch, err = c.RestartChannel(ctx, "news")
	must("restart", ch.Restarts == 1, err)
	ch, err = c.Channel(ctx, "news")
	must("get", ch.State == rung.ChannelStarting, err)
	all, err := c.Channels(ctx)
	must("list", len(all) == 1, err)
	must("delete", true, c.DeleteChannel(ctx, "news"))

	j, err := c.CreateJob(ctx, resource.JobSpec{ID: "film", Input: "s3://in/film.mov", Profile: "hd5"})
	must("create job", j.State == rung.JobQueued, err)
	j, err = c.Job(ctx, "film")
	must("job", j.ID == "film", err)
	jobs, err := c.Jobs(ctx)
	must("jobs", len(jobs) == 1, err)
	canceled, err := c.DeleteJob(ctx, "film")
	must("cancel job", canceled != nil && canceled.State == rung.JobCanceled, err)
	deleted, err := c.DeleteJob(ctx, "film")
	must("delete job", deleted == nil, err)

	pr, err := c.CheckProfile(ctx, "mine", []byte("segment: 4s\n"))
	must("check profile", pr.Name == "mine", err)
	_, err = c.PutProfile(ctx, "mine", []byte("segment: 4s\n"))
	must("put profile", true, err)
	pr, err = c.Profile(ctx, "mine")
	must("profile", pr.YAML == "segment: 4s\n", err)
	profiles, err := c.Profiles(ctx)
	must("profiles", len(profiles) == 2, err)
	must("delete profile", true, c.DeleteProfile(ctx, "mine"))

	nodes, err := c.Nodes(ctx)
	must("nodes", len(nodes) == 1 && nodes[0].ID == "n1", err)
	version, err := c.Version(ctx)
	must("version", version["rung"] == "1.0.0", err)
	media, err := c.Probe(ctx, "udp://h:1")
	must("probe", media.Format == "mpegts", err)
	made, err := c.CreateToken(ctx, resource.TokenSpec{Name: "ci", Scopes: []resource.Scope{resource.ScopeRead}})
	must("create token", made.Secret != "", err)
	tokens, err := c.Tokens(ctx)
	must("tokens", len(tokens) == 2, err)
	must("delete token", true, c.DeleteToken(ctx, made.ID))
}

func TestClientErrors(t *testing.T) {
	p := start(t, nil)
	ctx := context.Background()
	_, err := p.client(p.secret).Channel(ctx, "none")
	if e := rung.AsError(err); e.Code != rung.CodeNotFound || e.Message != `channel "none" does not exist` {
		t.Errorf("one that is not there gives %#v", err)
	}
	if _, err = p.client("").Channels(ctx); rung.CodeOf(err) != rung.CodeUnauthorized {
		t.Errorf("without a token: %v", err)
	}
	if err = p.client("wrong").Events(ctx, client.From{}, nil); rung.CodeOf(err) != rung.CodeUnauthorized {
		t.Errorf("events with a wrong token: %v", err)
	}
	if _, err = client.New("127.0.0.1:8080", ""); rung.CodeOf(err) != rung.CodeInvalid {
		t.Errorf("an address without a scheme: %v", err)
	}
	c := p.client(p.secret)
	p.stop()
	if _, err = c.Channels(ctx); rung.CodeOf(err) != rung.CodeUnavailable || rung.AsError(err).Hint == "" {
		t.Errorf("without a server: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err = c.Channels(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

var errEnough = errors.New("enough")

func TestClientFollowsEvents(t *testing.T) {
	p := start(t, nil)
	for _, m := range []string{"one", "two", "three"} {
		p.publish(m)
	}
	for from, want := range map[client.From]string{{Recent: 2}: "two", {After: 2}: "three"} {
		err := p.client(p.secret).Events(context.Background(), from, func(e rung.Event) error {
			if e.Message != want {
				t.Errorf("%+v begins with %q, not %q", from, e.Message, want)
			}
			return errEnough
		})
		if err != errEnough {
			t.Errorf("%+v ends with %v", from, err)
		}
	}
}
