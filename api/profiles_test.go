package api_test

import (
	"strings"
	"testing"

	"rung/api/resource"
)

func TestProfileLife(t *testing.T) {
	p := start(t, nil)
	yaml := []string{"Content-Type", "application/yaml"}
	text := "segment: 4s\n# mine\n"
	if got := decode[resource.Profile](t, p.call("POST", "/api/v1/profiles/mine/check", text, 200, yaml...)); got.YAML != text || len(got.Ladder.Video) != 1 {
		t.Errorf("checked it is %+v", got)
	}
	p.call("GET", "/api/v1/profiles/mine", "", 404)
	p.call("PUT", "/api/v1/profiles/mine", text, 200, yaml...)
	if got := decode[resource.Profile](t, p.call("GET", "/api/v1/profiles/mine", "", 200)); got.YAML != text || got.Builtin {
		t.Errorf("kept it is %+v", got)
	}
	if list := decode[resource.List[resource.Profile]](t, p.call("GET", "/api/v1/profiles", "", 200)); len(list.Items) != 2 || list.Items[0].Name != "hd5" {
		t.Errorf("the list is %+v", list)
	}
	if prob := p.call("PUT", "/api/v1/profiles/mine", "bad", 400, yaml...).problem(t); !strings.Contains(prob.Detail, "line 1") {
		t.Errorf("a bad one says %q", prob.Detail)
	}
	p.call("PUT", "/api/v1/profiles/hd5", text, 409, yaml...)
	p.call("DELETE", "/api/v1/profiles/hd5", "", 409)
	p.call("POST", "/api/v1/channels", strings.Replace(newsSpec, "hd5", "mine", 1), 201)
	if prob := p.call("DELETE", "/api/v1/profiles/mine", "", 409).problem(t); !strings.Contains(prob.Detail, `used by channel "news"`) {
		t.Errorf("one in use says %q", prob.Detail)
	}
	p.call("DELETE", "/api/v1/channels/news", "", 204)
	p.call("DELETE", "/api/v1/profiles/mine", "", 204)
	p.call("DELETE", "/api/v1/profiles/mine", "", 404)
}
