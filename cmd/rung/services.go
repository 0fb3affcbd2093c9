package main

import (
	"context"
	"slices"
	"strings"

	"rung"
	"rung/api"
	"rung/api/resource"
	"rung/profiles"
	"rung/scheduler"
)

// apiOptions connect the API to the system.
func (n *node) apiOptions() api.Options {
	return api.Options{
		Logger: n.logger, Version: n.versions, PublicURL: n.cfg.PublicURL, Origins: n.cfg.Origins,
		Services: api.Services{
			Channels:      records[rung.Channel]{n.buckets.channels},
			Jobs:          records[rung.Job]{n.buckets.jobs},
			Tokens:        records[resource.Token]{n.buckets.tokens},
			Statuses:      statuses{n.buckets.status},
			Timelines:     timelineReader{n.buckets.timelines},
			Profiles:      profileService{n.buckets.profiles},
			CheckProfile:  describeProfile,
			CheckSource:   n.checkSource,
			Slates:        slates{n.buckets.slates},
			Nodes:         n.system.Nodes(),
			Events:        n.system.Events(),
			Tasks:         apiTasks{n.system.Tasks()},
			Presentations: presentations{n.buckets.presentations},
			Objects:       n.store,
			Probe:         n.engines.probeURL,
			Ready:         n.system.Ready,
		},
	}
}

// profileService is the API's view of the profiles: the built-in ones and those in the bucket.
type profileService struct {
	stored *scheduler.Bucket[string]
}

// List implements api.Profiles.
func (s profileService) List(ctx context.Context) ([]resource.Profile, error) {
	var all []resource.Profile
	for _, p := range profiles.Builtin() {
		described, err := describe(p, profiles.Source(p.Name))
		if err != nil {
			return nil, err
		}
		described.Builtin = true
		all = append(all, described)
	}
	texts, err := s.stored.List(ctx)
	if err != nil {
		return nil, err
	}
	for name, text := range texts {
		p, err := describeProfile(name, []byte(text))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b resource.Profile) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Get implements api.Profiles.
func (s profileService) Get(ctx context.Context, name string) (resource.Profile, error) {
	if p := profiles.Find(name); p != nil {
		described, err := describe(p, profiles.Source(name))
		described.Builtin = true
		return described, err
	}
	text, _, err := s.stored.Get(ctx, name)
	if err != nil {
		return resource.Profile{}, err
	}
	return describeProfile(name, []byte(text))
}

// Put implements api.Profiles.
func (s profileService) Put(ctx context.Context, name string, text []byte) error {
	_, err := s.stored.Put(ctx, name, string(text))
	return err
}

// Delete implements api.Profiles.
func (s profileService) Delete(ctx context.Context, name string) error {
	return s.stored.Delete(ctx, name)
}

// describeProfile checks a profile's text and resolves it for a full HD source.
func describeProfile(name string, text []byte) (resource.Profile, error) {
	p, err := profiles.Load(name, text)
	if err != nil {
		return resource.Profile{}, err
	}
	return describe(p, text)
}

func describe(p *profiles.Profile, text []byte) (resource.Profile, error) {
	l, err := p.Resolve(&rung.VideoInfo{Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}, []rung.AudioInfo{{}})
	return resource.Profile{Name: p.Name, Description: p.Description, YAML: string(text), Ladder: l}, err
}

// checkSource refuses what no ingest of this node could receive.
func (n *node) checkSource(src rung.Source) error {
	_, err := n.receiver(src)
	return err
}
