package bench

// Direction says which way a figure gets better.
type Direction string

// The directions.
const (
	MoreIsBetter Direction = "more"
	LessIsBetter Direction = "less"
)
