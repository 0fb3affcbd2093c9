package api_test

import (
	"strings"
	"testing"

	"rung"
	"rung/api/resource"
)

func TestScopes(t *testing.T) {
	p := start(t, nil)
	secrets := map[string]string{
		"none": "", "unknown": "no-such-token", "read": p.token("r", resource.ScopeRead),
		"write": p.token("w", resource.ScopeWrite), "admin": p.secret,
	}
	for _, c := range []struct {
		method, path, body           string
		none, read, writing, serving int
	}{
		{"GET", "/healthz", "", 200, 200, 200, 200},
		{"GET", "/readyz", "", 200, 200, 200, 200},
		{"GET", "/openapi.json", "", 200, 200, 200, 200},
		{"GET", "/api/v1/version", "", 200, 200, 200, 200},
		{"GET", "/metrics", "", 401, 200, 200, 200},
		{"GET", "/api/v1/channels", "", 401, 200, 200, 200},
		{"GET", "/api/v1/jobs", "", 401, 200, 200, 200},
		{"GET", "/api/v1/profiles", "", 401, 200, 200, 200},
		{"GET", "/api/v1/nodes", "", 401, 200, 200, 200},
		{"POST", "/api/v1/probe", `{"url":"udp://h:1"}`, 401, 403, 200, 200},
		{"POST", "/api/v1/channels", "{}", 401, 403, 400, 400},
		{"PATCH", "/api/v1/channels/x", "{}", 401, 403, 404, 404},
		{"DELETE", "/api/v1/channels/x", "", 401, 403, 404, 404},
		{"POST", "/api/v1/jobs", "{}", 401, 403, 400, 400},
		{"DELETE", "/api/v1/jobs/x", "", 401, 403, 404, 404},
		{"DELETE", "/api/v1/profiles/x", "", 401, 403, 404, 404},
		{"GET", "/api/v1/tokens", "", 401, 403, 403, 200},
		{"POST", "/api/v1/tokens", "{}", 401, 403, 403, 400},
		{"DELETE", "/api/v1/tokens/x", "", 401, 403, 403, 404},
	} {
		for name, want := range map[string]int{"none": c.none, "unknown": c.none, "read": c.read, "write": c.writing, "admin": c.serving} {
			a := p.callAs(secrets[name], c.method, c.path, c.body, want)
			if want == 401 && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s %s without a token has no WWW-Authenticate", c.method, c.path)
			}
		}
	}
}

func TestTokenLife(t *testing.T) {
	p := start(t, nil)
	made := decode[resource.CreatedToken](t, p.call("POST", "/api/v1/tokens", `{"name":"ci","scopes":["read"]}`, 201))
	if made.Secret == "" || made.ID != resource.HashSecret(made.Secret) {
		t.Fatalf("it is %+v", made)
	}
	p.callAs(made.Secret, "GET", "/api/v1/channels", "", 200)
	list := p.call("GET", "/api/v1/tokens", "", 200)
	if strings.Contains(string(list.body), made.Secret) || !strings.Contains(string(list.body), made.ID) {
		t.Errorf("the list is %s", list.body)
	}
	if prob := p.call("DELETE", "/api/v1/tokens/"+resource.HashSecret(p.secret), "", 409).problem(t); prob.Code != rung.CodeConflict {
		t.Errorf("deleting one's own token says %+v", prob)
	}
	p.call("DELETE", "/api/v1/tokens/"+made.ID, "", 204)
	p.callAs(made.Secret, "GET", "/api/v1/channels", "", 401)
	for body, says := range map[string]string{
		`{"name":"x","scopes":["root"]}`: `scope "root" is not one of`,
		`{"name":"x","scopes":[]}`:       "has no scope",
		`{"name":"","scopes":["read"]}`:  "name of 0 bytes",
		`{"name":"x","secret":"my own"}`: `field "secret" is not known`,
	} {
		if prob := p.call("POST", "/api/v1/tokens", body, 400).problem(t); !strings.Contains(prob.Detail, says) {
			t.Errorf("%s says %q, not %q", body, prob.Detail, says)
		}
	}
}
