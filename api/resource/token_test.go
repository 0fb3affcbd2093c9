package resource_test

import (
	"testing"
	"time"

	"rung/api/resource"
)

func TestToken(t *testing.T) {
	now := time.Now()
	a, tok := resource.NewToken("a", []resource.Scope{resource.ScopeWrite}, now)
	b, _ := resource.NewToken("b", nil, now)
	if a == b || len(a) != 43 || tok.ID != resource.HashSecret(a) || len(tok.ID) != 64 {
		t.Errorf("secrets %q and %q, id %q", a, b, tok.ID)
	}
	for scope, want := range map[resource.Scope]bool{resource.ScopeRead: true, resource.ScopeWrite: true, resource.ScopeAdmin: false} {
		if tok.Allows(scope) != want {
			t.Errorf("a token to write allows %s: %v", scope, !want)
		}
	}
}
