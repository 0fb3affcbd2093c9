package mpegts

import (
	"fmt"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"rung"
)

// maxDimension bounds the sizes that are believed.
const maxDimension = 16384

// h264Info describes the pictures of a sequence parameter set.
func h264Info(s *h264.SPS) (rung.VideoInfo, bool) {
	v := rung.VideoInfo{
		Width: s.Width(), Height: s.Height(), SAR: rung.Rational{Num: 1, Den: 1},
		Interlaced: !s.FrameMbsOnlyFlag, TopFirst: !s.FrameMbsOnlyFlag,
		PixFmt: pixelFormat(s.ChromaFormatIdc, s.BitDepthLumaMinus8+8),
	}
	if u := s.VUI; u != nil {
		v.SAR = sampleAspect(u.AspectRatioIdc, u.SarWidth, u.SarHeight)
		if t := u.TimingInfo; t != nil && t.NumUnitsInTick > 0 {
			v.FrameRate = rung.R(int64(t.TimeScale), 2*int64(t.NumUnitsInTick))
		}
		if u.ColourDescriptionPresentFlag {
			v.Primaries, v.Transfer, v.Matrix = colourNames(u.ColourPrimaries, u.TransferCharacteristics, u.MatrixCoefficients)
		}
		v.Range = colourRange(u.VideoSignalTypePresentFlag, u.VideoFullRangeFlag)
	}
	return v, plausible(v)
}

// hevcInfo describes the pictures of a sequence parameter set.
func hevcInfo(s *h265.SPS) (rung.VideoInfo, bool) {
	if s.ChromaFormatIdc > 3 {
		return rung.VideoInfo{}, false
	}
	v := rung.VideoInfo{
		Width: s.Width(), Height: s.Height(), SAR: rung.Rational{Num: 1, Den: 1},
		PixFmt: pixelFormat(s.ChromaFormatIdc, s.BitDepthLumaMinus8+8),
	}
	if u := s.VUI; u != nil {
		v.SAR = sampleAspect(u.AspectRatioIdc, u.SarWidth, u.SarHeight)
		v.Interlaced = u.FieldSeqFlag
		if t := u.TimingInfo; t != nil && t.NumUnitsInTick > 0 {
			v.FrameRate = rung.R(int64(t.TimeScale), int64(t.NumUnitsInTick))
		}
		if u.ColourDescriptionPresentFlag {
			v.Primaries, v.Transfer, v.Matrix = colourNames(u.ColourPrimaries, u.TransferCharacteristics, u.MatrixCoefficients)
		}
		v.Range = colourRange(u.VideoSignalTypePresentFlag, u.VideoFullRangeFlag)
	}
	return v, plausible(v)
}

func plausible(v rung.VideoInfo) bool {
	return v.Width > 0 && v.Height > 0 && v.Width <= maxDimension && v.Height <= maxDimension
}

// pixelFormat is libavutil's name.
func pixelFormat(chroma, depth uint32) string {
	name := map[uint32]string{0: "gray", 1: "yuv420p", 2: "yuv422p", 3: "yuv444p"}[chroma]
	if name == "" || depth == 8 {
		return name
	}
	return fmt.Sprintf("%s%dle", name, depth)
}

// aspects are the sample aspect ratios by aspect_ratio_idc (H.264 table E-1, the same in HEVC).
var aspects = [...][2]uint16{
	1: {1, 1}, 2: {12, 11}, 3: {10, 11}, 4: {16, 11}, 5: {40, 33}, 6: {24, 11}, 7: {20, 11}, 8: {32, 11}, 9: {80, 33},
	10: {18, 11}, 11: {15, 11}, 12: {64, 33}, 13: {160, 99}, 14: {4, 3}, 15: {3, 2}, 16: {2, 1},
}

// extendedSAR says that the ratio is written out.
const extendedSAR = 255

// sampleAspect is the sample aspect ratio; 1 where it is not told.
func sampleAspect(idc uint8, width, height uint16) rung.Rational {
	if int(idc) < len(aspects) {
		width, height = aspects[idc][0], aspects[idc][1]
	} else if idc != extendedSAR {
		width = 0
	}
	if width == 0 || height == 0 {
		return rung.Rational{Num: 1, Den: 1}
	}
	return rung.R(int64(width), int64(height))
}
