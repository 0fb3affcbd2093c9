package mpegts

// Handler takes what the Analyser finds. Its methods are called during Analyse and Flush, each event once its last
// packet has been seen, so events come in the order in which they are complete; Position says where each begins.
type Handler interface {
	// Tables comes once the selected program's streams are known, before any Picture or Sound, and again when they
	// change.
	Tables(Tables)
	Picture(Picture)
	Sound(Sound)
	Discontinuity(Discontinuity)
}
