package mpegts

// Colour description codes are shared by MPEG-2, H.264 and HEVC (ISO/IEC 23091-2, 8.1 to 8.3); the names are libavutil's.
var (
	primaries = map[uint8]string{
		1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020", 10: "smpte428",
		11: "smpte431", 12: "smpte432",
	}
	transfers = map[uint8]string{
		1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 11: "iec61966-2-4",
		13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67",
	}
	matrices = map[uint8]string{
		0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc",
		10: "bt2020c", 14: "ictcp",
	}
)

// colourNames gives the names of a colour description; empty where unspecified.
func colourNames(p, t, m uint8) (string, string, string) {
	return primaries[p], transfers[t], matrices[m]
}

// colourRange is tv or pc; empty where the stream does not say.
func colourRange(present, full bool) string {
	switch {
	case !present:
		return ""
	case full:
		return "pc"
	}
	return "tv"
}
