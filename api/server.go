package api

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"rung/api/console"
	"rung/api/resource"
)

// Bounds of a connection. There is no bound on a whole response: event streams and long downloads have none. What
// bounds them is stallTimeout, on each single write.
const (
	readTimeout  = 30 * time.Second // for a request's head and body
	idleTimeout  = 60 * time.Second
	stallTimeout = 30 * time.Second
	// callTimeout bounds what one API request may wait for.
	callTimeout = 30 * time.Second
)

// Server is the HTTP server.
type Server struct {
	opts    Options
	log     *slog.Logger
	metrics *metrics
	spec    []byte // openapi.json
	origin  *origin
	console *pages
}

// New makes a server. An error is a mistake in the options.
func New(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	spec, err := specJSON()
	if err != nil {
		return nil, err
	}
	cache := newSegmentCache(opts.CacheBytes)
	return &Server{
		opts:    opts,
		log:     opts.Logger,
		metrics: newMetrics(opts, cache),
		spec:    spec,
		origin:  newOrigin(opts.Services.Objects, cache),
		console: newPages(console.Files()),
	}, nil
}

// Run serves connections of ln, which it closes, until ctx ends; then it ends event streams, waits up to Options.Grace
// for requests under way, and closes what is left. A server runs once.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	// Requests under way outlive ctx by the grace: work ends only after serving has.
	work, endWork := context.WithCancel(context.WithoutCancel(ctx))
	defer endWork()
	stalls := newStallListener(ln, stallTimeout)
	feed := newFeed(s.opts)
	app := s.app(ctx, work, feed)

	served := make(chan error, 1)
	go func() { served <- app.Listener(stalls) }()
	s.log.Info("api serving", "addr", ln.Addr().String())

	var err error
	select {
	case err = <-served:
		s.log.Error("api ended", "error", err)
	case <-ctx.Done():
	}
	// No new connections first, so that those under way are the last. Closing the listener by ourselves also covers a
	// context that ends before Serve has begun, which Shutdown does not see.
	stalls.Close()
	stalls.closeUnused()
	grace, cancel := context.WithTimeout(work, s.opts.Grace)
	defer cancel()
	if graceErr := app.ShutdownWithContext(grace); graceErr != nil {
		s.log.Warn("api closes connections that outlast the grace", "grace", s.opts.Grace)
	}
	endWork()
	stalls.closeAll()
	feed.wait()
	if ctx.Err() != nil {
		<-served
	}
	s.log.Info("api stopped")
	return err
}

// app wires the routes. Event streams end with streams; every other request may use work.
func (s *Server) app(streams, work context.Context, feed *feed) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:               "rung",
		DisableStartupMessage: true,
		CaseSensitive:         true,
		BodyLimit:             s.opts.MaxBody,
		ReadTimeout:           readTimeout,
		IdleTimeout:           idleTimeout,
		ReadBufferSize:        16 << 10,
		ErrorHandler:          func(c *fiber.Ctx, err error) error { return sendProblem(c, s.log, err) },
	})
	app.Use(s.metrics.observe, recover.New(), secure, func(c *fiber.Ctx) error {
		c.SetUserContext(work)
		return c.Next()
	})
	s.mountSystem(app)
	s.origin.mount(app)
	s.mountAPI(app, streams, feed)
	s.console.mount(app)
	return app
}

// mountSystem mounts what describes the server itself.
func (s *Server) mountSystem(app *fiber.App) {
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.JSON(status{"ok"}) })
	app.Get("/readyz", s.ready)
	app.Get("/openapi.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(s.spec)
	})
	app.Get("/metrics", bounded, s.guard().allow(resource.ScopeRead), s.metrics.serve)
}

// mountAPI mounts /api/v1.
func (s *Server) mountAPI(app *fiber.App, streams context.Context, feed *feed) {
	r := app.Group("/api/v1")
	if len(s.opts.Origins) > 0 {
		r.Use(cors.New(corsFor(s.opts.Origins)))
	}
	r.Get("/version", func(c *fiber.Ctx) error { return c.JSON(s.opts.Version) })
	g := s.guard()
	r.Get("/events", bounded, g.allow(resource.ScopeRead), func(c *fiber.Ctx) error { return feed.serve(streams, c) })
	r.Use(bounded)
	newChannels(s.opts).mount(r, g)
	if s.opts.Services.Slates != nil {
		slates{newChannels(s.opts)}.mount(r, g)
	}
	newJobs(s.opts).mount(r, g)
	newProfiles(s.opts.Services).mount(r, g)
	newTokens(s.opts.Services.Tokens).mount(r, g)
	newSystem(s.opts.Services).mount(r, g)
}

func (s *Server) guard() guard { return guard{tokens: s.opts.Services.Tokens} }

// ready tells whether the process can serve now.
func (s *Server) ready(c *fiber.Ctx) error {
	if s.opts.Services.Ready != nil {
		ctx, cancel := context.WithTimeout(c.UserContext(), callTimeout/6)
		defer cancel()
		if err := s.opts.Services.Ready(ctx); err != nil {
			return notReady(err)
		}
	}
	return c.JSON(status{"ready"})
}
