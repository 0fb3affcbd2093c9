package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"rung"
	"rung/api/client"
)

// A stream that breaks is taken up after the last event that came, with nothing lost or doubled, even if it broke
// before the first.
func TestEventsAreTakenUpWhereTheyBroke(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Last-Event-ID"))
		w.Header().Set("Content-Type", "text/event-stream")
		switch len(asked) {
		case 1:
			fmt.Fprint(w, "retry: 2000\nid: 41\n\n")
		case 2:
			fmt.Fprint(w, ": still here\n\nid: 42\nevent: channel.state\ndata: {\"seq\":42,\"message\":\"one\"}\n\n")
		default:
			fmt.Fprint(w, "id: 43\nevent: channel.state\ndata: {\"seq\":43,\"message\":\"two\"}\n\n")
		}
	}))
	defer server.Close()
	c, err := client.New(server.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	enough := errors.New("enough")
	var got []string
	err = c.Events(context.Background(), client.From{}, func(e rung.Event) error {
		got = append(got, e.Message)
		if e.Seq == 43 {
			return enough
		}
		return nil
	})
	if err != enough || fmt.Sprint(got) != "[one two]" || fmt.Sprintf("%q", asked) != `["" "41" "42"]` {
		t.Errorf("got %v after asking for %q, %v", got, asked, err)
	}
}

// Another server's answer is said to be one.
func TestOtherServers(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c, err := client.New(server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Nodes(context.Background()); rung.CodeOf(err) != rung.CodeUnavailable || rung.AsError(err).Hint != "is this a Rung server?" {
		t.Errorf("it says %v", err)
	}
}
