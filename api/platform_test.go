package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"go.uber.org/goleak"

	"rung"
	"rung/api"
	"rung/api/resource"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// fasthttp keeps one goroutine for the date header for the life of the process, and its worker pool's cleaner
		// looks up from its sleep only every 10 s.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/utils.StartTimeStampUpdater.func1.1"),
	)
}

// platform is a server on a port of its own, over services in memory, and a client that holds every exchange against the
// contract.
type platform struct {
	t         testing.TB
	channels  *memory[rung.Channel]
	jobs      *memory[rung.Job]
	tokens    *memory[resource.Token]
	statuses  *byID[rung.ChannelStatus]
	timelines *byID[rung.Timeline]
	profiles  *shelf
	news      *news
	queue     *queue
	published *published
	bin       *bin
	images    images

	base   string
	secret string // of an admin token
	http   *http.Client
	stop   func() // stops the server and waits for it
}

// start starts a platform; change may alter the options first.
func start(t testing.TB, change func(*api.Options)) *platform {
	t.Helper()
	p := &platform{
		t: t, channels: newMemory[rung.Channel]("channel"), jobs: newMemory[rung.Job]("job"), tokens: newMemory[resource.Token]("token"),
		statuses: &byID[rung.ChannelStatus]{}, timelines: &byID[rung.Timeline]{}, profiles: &shelf{}, news: newNews(), queue: &queue{},
		published: &published{}, bin: newBin(), images: images{}, http: &http.Client{Transport: &http.Transport{DisableCompression: true}},
	}
	p.profiles.kept.set("hd5", resource.Profile{Name: "hd5", Builtin: true, YAML: "name: hd5\n", Ladder: ladder("hd5")})
	p.secret = p.token("admin", resource.ScopeAdmin)
	opts := api.Options{
		Services: api.Services{
			Channels: p.channels, Jobs: p.jobs, Tokens: p.tokens, Statuses: p.statuses, Timelines: p.timelines, Profiles: p.profiles,
			CheckProfile: checkProfile, Events: p.news, Tasks: p.queue, Presentations: p.published, Objects: p.bin, Slates: p.images,
			Nodes: nodeList{{ID: "n1", Host: "h1", Roles: []string{"api", "worker"}, Slots: 2, Busy: 1, Cores: 2, Version: "1.0.0"}},
			Probe: func(_ context.Context, url string) (rung.MediaInfo, error) {
				return rung.MediaInfo{Format: "mpegts", Video: []rung.VideoInfo{{Codec: "h264", Width: 1920, Height: 1080, FrameRate: rung.R(25, 1)}}}, nil
			},
		},
		Logger:  slog.New(slog.NewTextHandler(t.Output(), nil)),
		Version: map[string]string{"rung": "1.0.0", "ffmpeg": "7.1"},
	}
	if change != nil {
		change(&opts)
	}
	p.run(opts)
	p.loadContract()
	return p
}

// run starts the server and stops it at the test's end.
func (p *platform) run(opts api.Options) {
	p.t.Helper()
	server, err := api.New(opts)
	if err != nil {
		p.t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.base = "http://" + ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, ln) }()
	stopped := false
	p.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			p.t.Errorf("Run: %v", err)
		}
	}
	p.t.Cleanup(func() {
		p.stop()
		p.http.CloseIdleConnections()
	})
}

// contract routes requests to their places in the contract, as the first server serves it.
var contract struct {
	once   sync.Once
	router routers.Router
}

func (p *platform) loadContract() {
	p.t.Helper()
	contract.once.Do(func() {
		doc, err := openapi3.NewLoader().LoadFromData(p.fetch("GET", "/openapi.json", 200).body)
		if err != nil {
			p.t.Fatal(err)
		}
		if err := doc.Validate(context.Background()); err != nil {
			p.t.Fatal(err)
		}
		if contract.router, err = legacy.NewRouter(doc); err != nil {
			p.t.Fatal(err)
		}
	})
}

// token makes a token with one scope and gives its secret.
func (p *platform) token(name string, scope resource.Scope) string {
	secret, tok := resource.NewToken(name, []resource.Scope{scope}, time.Now())
	if _, err := p.tokens.Put(context.Background(), tok.ID, tok, 0); err != nil {
		p.t.Fatal(err)
	}
	return secret
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem reads the answer as a problem document.
func (a answer) problem(t testing.TB) resource.Problem {
	t.Helper()
	var p resource.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("status %d, not a problem document: %s", a.status, a.body)
	}
	return p
}

// call sends a request with the admin token, holds the exchange against the contract, and checks the status.
func (p *platform) call(method, path, body string, want int, headers ...string) answer {
	p.t.Helper()
	return p.callAs(p.secret, method, path, body, want, headers...)
}

// callAs is call with another token; headers are name and value in turn.
func (p *platform) callAs(secret, method, path, body string, want int, headers ...string) answer {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if resp.StatusCode != want {
		p.t.Fatalf("%s %s: status %d, not %d: %s", method, path, resp.StatusCode, want, got)
	}
	if err := p.conforms(method, path, body, resp, got); err != nil {
		p.t.Errorf("%s %s %d does not conform to the contract: %v\n%s", method, path, resp.StatusCode, err, got)
	}
	return answer{resp.StatusCode, resp.Header, got}
}

// conforms holds an exchange against the contract: the response always; the request's body where it was taken.
func (p *platform) conforms(method, path, body string, resp *http.Response, got []byte) error {
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = resp.Request.Header
	route, params, err := contract.router.FindRoute(req)
	if err != nil {
		if resp.StatusCode >= 400 {
			return nil // what is not in the contract is refused
		}
		return err
	}
	in := &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if resp.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return fmt.Errorf("the request was taken: %w", err)
		}
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(got)), Options: in.Options,
	})
}

// decode reads JSON.
func decode[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}
