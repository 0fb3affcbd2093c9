package ingest

import "log/slog"

// PlannerOptions are what a Planner works with. All are needed, but for Plan alone only Objects, Prober and Profiles.
type PlannerOptions struct {
	Node     string
	Logger   *slog.Logger
	Jobs     Jobs
	Leases   Leases
	Tasks    Tasks
	Events   Events
	Objects  Objects
	Prober   Prober
	Profiles Profiles
}
