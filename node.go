package rung

import "time"

// Node is a process that serves one or more roles, as the registry knows it. It is gone when its entry expires.
type Node struct {
	ID       string    `json:"id"`
	Host     string    `json:"host"`
	Roles    []string  `json:"roles"`
	Slots    int       `json:"slots"`
	Busy     int       `json:"busy"`
	Cores    int       `json:"cores"`
	Load     float64   `json:"load"`   // one-minute load average
	Memory   int64     `json:"memory"` // bytes in all
	Draining bool      `json:"draining,omitempty"`
	Version  string    `json:"version"`
	Engine   string    `json:"engine,omitempty"`
	Started  time.Time `json:"started"`
	Seen     time.Time `json:"seen"`
	Done     int64     `json:"done"`   // segments since its start
	Failed   int64     `json:"failed"` // likewise
}
