package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts requests, and serves /metrics: the process's own figures, and a snapshot of the platform's.
type metrics struct {
	services Services
	process  *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMetrics(o Options, cache *segmentCache) *metrics {
	m := &metrics{
		services: o.Services,
		process:  prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rung_http_requests_total", Help: "Requests answered, by method, route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "rung_http_request_seconds", Help: "Time to answer a request, without sending the body, by route.",
			Buckets: []float64{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10},
		}, []string{"route"}),
	}
	m.process.MustRegister(
		m.requests, m.duration, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "rung_origin_cache_hits_total", Help: "Segments served from memory."},
			func() float64 { return float64(cache.hits.Load()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "rung_origin_cache_misses_total", Help: "Segments asked of the store."},
			func() float64 { return float64(cache.misses.Load()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rung_origin_cache_bytes", Help: "Memory that segments take at the origin."},
			func() float64 { return float64(cache.size()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rung_build_info", Help: "Always 1; the labels say the versions.", ConstLabels: versionLabels(o.Version)},
			func() float64 { return 1 }),
	)
	for _, g := range o.Gauges {
		m.process.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.Name, Help: g.Help}, g.Value))
	}
	return m
}

// versionLabels makes label names of component names: letters, digits and underscores.
func versionLabels(versions map[string]string) prometheus.Labels {
	labels := prometheus.Labels{}
	for name, version := range versions {
		clean := []byte(name)
		for i, b := range clean {
			if !(b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || i > 0 && b >= '0' && b <= '9') {
				clean[i] = '_'
			}
		}
		labels[string(clean)] = version
	}
	return labels
}

// observe counts a request under its route's pattern, so that ids make no series of their own.
func (m *metrics) observe(c *fiber.Ctx) error {
	begun := time.Now()
	if err := c.Next(); err != nil {
		// The error's answer is made here, to know its status.
		if err := c.App().ErrorHandler(c, err); err != nil {
			return err
		}
	}
	route := "unknown"
	if c.Response().StatusCode() != http.StatusNotFound || c.Route().Path != "/" {
		route = c.Route().Path
	}
	m.requests.WithLabelValues(utils.CopyString(c.Method()), route, strconv.Itoa(c.Response().StatusCode())).Inc()
	m.duration.WithLabelValues(route).Observe(time.Since(begun).Seconds())
	return nil
}

// serve answers a scrape.
func (m *metrics) serve(c *fiber.Ctx) error {
	platform := prometheus.NewRegistry()
	if err := platform.Register(takeSnapshot(c.UserContext(), m.services)); err != nil {
		return err
	}
	return adaptor.HTTPHandler(promhttp.HandlerFor(prometheus.Gatherers{m.process, platform}, promhttp.HandlerOpts{}))(c)
}

// failure is 1 where a service could not say its figures.
func failure(err error) float64 {
	if err == nil || errors.Is(err, context.Canceled) {
		return 0
	}
	return 1
}
