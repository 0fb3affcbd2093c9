package bench

// Section is one part of a page: what it shows, in a sentence, then plots and tables.
type Section struct {
	Title  string
	Text   []string // paragraphs
	Code   []string // command or configuration lines
	Plots  []Plot
	Tables []Table
}
