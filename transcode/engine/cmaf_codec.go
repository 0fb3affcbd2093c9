// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"fmt"
	"slices"

	"github.com/Eyevinn/mp4ff/av1"
	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/hevc"
	"github.com/Eyevinn/mp4ff/mp4"
)

// cmafCodec is how one video codec is carried in CMAF.
type cmafCodec struct {
	// brand is the CMAF media profile's, for the file type box (ISO/IEC 23000-19 Annexes A and B); none where there is none.
	brand string
	// describe puts the sample entry into trak and gives the codec's name by RFC 6381.
	describe func(trak *mp4.TrakBox, headers []byte, width, height int) (codecs string, err error)
	// sample makes of an encoder's packet what goes into a segment. It may change its memory.
	sample func(packet []byte) ([]byte, error)
}

// cmafCodecs are those that there are, by their encoders' names.
var cmafCodecs = map[string]cmafCodec{
	"libx264":   {brand: "cmfc", describe: describeAVC, sample: sampleAVC},
	"libx265":   {brand: "cmfc", describe: describeHEVC, sample: sampleHEVC},
	"libsvtav1": {brand: "cmfc", describe: describeAV1, sample: sampleAV1},
}

// userDataUnregistered is the SEI payload type in which encoders leave their name and settings.
const userDataUnregistered = 5

func describeAVC(trak *mp4.TrakBox, headers []byte, _, _ int) (string, error) {
	var sps, pps [][]byte
	for _, u := range nalUnits(headers) {
		switch avc.GetNaluType(u[0]) {
		case avc.NALU_SPS:
			sps = append(sps, slices.Clone(u))
		case avc.NALU_PPS:
			pps = append(pps, slices.Clone(u))
		}
	}
	if len(sps) == 0 || len(pps) == 0 {
		return "", fmt.Errorf("engine: the encoder gave no parameter sets")
	}
	if err := trak.SetAVCDescriptor("avc1", sps, pps, true); err != nil {
		return "", err
	}
	parsed, err := avc.ParseSPSNALUnit(sps[0], false)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("avc1.%02x%02x%02x", parsed.Profile, parsed.ProfileCompatibility, parsed.Level), nil
}

// sampleAVC leaves out parameter sets, which the sample entry has, and the encoder's banner.
func sampleAVC(packet []byte) ([]byte, error) {
	return lengthPrefixed(slices.DeleteFunc(nalUnits(packet), func(u []byte) bool {
		switch avc.GetNaluType(u[0]) {
		case avc.NALU_SPS, avc.NALU_PPS:
			return true
		case avc.NALU_SEI:
			return len(u) > 1 && u[1] == userDataUnregistered
		}
		return false
	})), nil
}

func describeHEVC(trak *mp4.TrakBox, headers []byte, _, _ int) (string, error) {
	var vps, sps, pps [][]byte
	for _, u := range nalUnits(headers) {
		switch hevc.GetNaluType(u[0]) {
		case hevc.NALU_VPS:
			vps = append(vps, slices.Clone(u))
		case hevc.NALU_SPS:
			sps = append(sps, slices.Clone(u))
		case hevc.NALU_PPS:
			pps = append(pps, slices.Clone(u))
		}
	}
	if len(vps) == 0 || len(sps) == 0 || len(pps) == 0 {
		return "", fmt.Errorf("engine: the encoder gave no parameter sets")
	}
	if err := trak.SetHEVCDescriptor("hvc1", vps, sps, pps, nil, true); err != nil {
		return "", err
	}
	parsed, err := hevc.ParseSPSNALUnit(sps[0])
	if err != nil {
		return "", err
	}
	return hevc.CodecString("hvc1", parsed), nil
}

// reorderHEVC is sps_max_num_reorder_pics of the highest sub-layer (ISO/IEC 23008-2 7.4.3.2).
func reorderHEVC(headers []byte) (int64, error) {
	for _, u := range nalUnits(headers) {
		if hevc.GetNaluType(u[0]) != hevc.NALU_SPS {
			continue
		}
		sps, err := hevc.ParseSPSNALUnit(u)
		if err != nil {
			return 0, err
		}
		if n := len(sps.SubLayeringOrderingInfos); n > 0 {
			return int64(sps.SubLayeringOrderingInfos[n-1].MaxNumReorderPics), nil
		}
	}
	return 0, fmt.Errorf("engine: the encoder gave no sequence parameter set")
}

func sampleHEVC(packet []byte) ([]byte, error) {
	return lengthPrefixed(slices.DeleteFunc(nalUnits(packet), func(u []byte) bool {
		switch hevc.GetNaluType(u[0]) {
		case hevc.NALU_VPS, hevc.NALU_SPS, hevc.NALU_PPS:
			return true
		case hevc.NALU_SEI_PREFIX:
			return len(u) > 2 && u[2] == userDataUnregistered
		}
		return false
	})), nil
}

func describeAV1(trak *mp4.TrakBox, headers []byte, width, height int) (string, error) {
	obus, err := av1.SplitOBUs(headers)
	if err != nil {
		return "", err
	}
	for _, o := range obus {
		if o.Header.Type != av1.OBUSequenceHeader {
			continue
		}
		seq, err := av1.ParseSequenceHeader(o.Payload)
		if err != nil {
			return "", err
		}
		config := &mp4.Av1CBox{CodecConfRec: av1.CodecConfRecFromSequenceHeader(seq, o.Encode())}
		if err := trak.SetAV1Descriptor("av01", config, uint16(width), uint16(height)); err != nil {
			return "", err
		}
		return av1.CodecString("av01", seq), nil
	}
	return "", fmt.Errorf("engine: the encoder gave no sequence header")
}

// sampleAV1 leaves out temporal delimiters (AV1 Codec ISO Media File Format Binding 2.4).
func sampleAV1(packet []byte) ([]byte, error) {
	obus, err := av1.SplitOBUs(packet)
	if err != nil {
		return nil, err
	}
	sample := make([]byte, 0, len(packet))
	for _, o := range obus {
		if o.Header.Type != av1.OBUTemporalDelimiter {
			sample = append(sample, o.Encode()...)
		}
	}
	return sample, nil
}
