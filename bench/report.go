package bench

import (
	_ "embed"
	"encoding/json"
	"os"
	"time"

	"rung"
)

// ReportSchema names the version of the reports' form. It changes with each change that a reader of the version before
// would trip over; fields may be added under the same one.
const ReportSchema = "rung-bench/1"

// Schema is the JSON schema (draft 2020-12) of a Report. It is made from the Go types: `go test ./bench -run Schema
// -update` writes it anew.
//
//go:embed report.schema.json
var Schema []byte

// Kind says which command made a report.
type Kind string

// The kinds; each fills the section of the same name.
const (
	KindDensity Kind = "density"
	KindSpeed   Kind = "speed"
	KindQuality Kind = "quality"
	KindPlan    Kind = "plan"
	KindCompare Kind = "compare"
)

// Report is what one `rung bench` command found, and on what. Times are whole microseconds of the wall clock or of
// processor time, sizes are bytes, rates bit/s.
type Report struct {
	Schema  string    `json:"schema"`  // ReportSchema
	Kind    Kind      `json:"kind"`    // which of the sections below is there
	Created time.Time `json:"created"` // when the measuring began
	Version string    `json:"version"` // of rung
	Command []string  `json:"command"` // the command line that made the report
	Machine Machine   `json:"machine"`
	Inputs  []Input   `json:"inputs,omitempty"` // the pictures and sound that it was measured on
	Notes   []string  `json:"notes,omitempty"`  // what has to be known before a figure is quoted
	Density *Density  `json:"density,omitempty"`
	Speed   *Speed    `json:"speed,omitempty"`
	Quality *Quality  `json:"quality,omitempty"`
	Plan    *Plan     `json:"plan,omitempty"`
	Compare *Compare  `json:"compare,omitempty"`
}

// NewReport begins a report of this machine.
func NewReport(kind Kind, version string, command []string, m Machine) *Report {
	return &Report{Schema: ReportSchema, Kind: kind, Created: time.Now().UTC().Round(time.Second), Version: version, Command: command, Machine: m}
}

// ReadReport reads a report's JSON from a file. What is no report of ReportSchema is CodeInvalid.
func ReadReport(path string) (*Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, rung.Errorf(rung.CodeNotFound, "name the report.json of a `rung bench` run", "report: %w", err)
	}
	r := &Report{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, rung.Errorf(rung.CodeInvalid, "name the report.json of a `rung bench` run", "report %q: %w", path, err)
	}
	if r.Schema != ReportSchema {
		return nil, rung.Errorf(rung.CodeInvalid, "measure again with this version of rung", "report %q: its schema is %q, not %q", path, r.Schema, ReportSchema)
	}
	return r, nil
}
