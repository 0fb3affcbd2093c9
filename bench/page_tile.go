package bench

// Tile is one of a page's chief figures.
type Tile struct {
	Value string // "12", "3.4"
	Unit  string // "channels", "s"
	Label string // what it is
}
