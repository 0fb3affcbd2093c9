package main

import (
	"context"

	"rung"
	"rung/ingest"
	"rung/profiles"
)

// profileTexts keeps the profiles that operators have stored, as YAML.
type profileTexts interface {
	Get(ctx context.Context, name string) (text string, rev uint64, err error)
}

// findProfile gives a built-in profile, or a stored one. A stored profile does not hide a built-in one.
func findProfile(ctx context.Context, stored profileTexts, name string) (*profiles.Profile, error) {
	if p := profiles.Find(name); p != nil {
		return p, nil
	}
	if stored != nil {
		text, _, err := stored.Get(ctx, name)
		switch {
		case err == nil:
			return profiles.Load(name, []byte(text))
		case rung.CodeOf(err) != rung.CodeNotFound:
			return nil, err
		}
	}
	return nil, rung.Errorf(rung.CodeNotFound, "`rung profile list` shows those there are", "no profile %q", name)
}

// resolver is ingest's view of findProfile.
func resolver(stored profileTexts) ingest.Profiles {
	return func(ctx context.Context, name string) (ingest.Resolver, error) { return findProfile(ctx, stored, name) }
}
