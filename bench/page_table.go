package bench

// Table is a table of figures. The first column is text, the others are aligned as figures.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// add appends a row.
func (t *Table) add(cells ...string) { t.Rows = append(t.Rows, cells) }
