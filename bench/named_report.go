package bench

// NamedReport is a report with its file's name.
type NamedReport struct {
	Name   string
	Report *Report
}
