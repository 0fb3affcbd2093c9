package mpegts

import "rung"

// MediaHints is what the stream's own headers say of the selected program so far: sizes, rates, formats. Fields that
// are not known yet are zero. A decoder knows better where it has looked (implicit HE-AAC, wrong headers).
func (a *Analyser) MediaHints() rung.MediaInfo {
	info := rung.MediaInfo{Format: "mpegts", BitRate: a.meter.bitRate, Programs: a.tables.programs()}
	t := a.chosen.tables
	for i, s := range t.All {
		switch {
		case t.Video != nil && s.PID == t.Video.PID:
			info.Video = append(info.Video, a.videoHint(i, s))
		case s.IsAudio():
			info.Audio = append(info.Audio, a.audioHint(i, s))
		default:
			info.Other = append(info.Other, rung.DataInfo{
				Index: i, PID: s.PID, Program: a.chosen.number, Codec: s.Codec, Language: s.Language,
			})
		}
	}
	return info
}

// videoHint describes the video stream, which is number index of the PMT.
func (a *Analyser) videoHint(index int, s Stream) rung.VideoInfo {
	var v rung.VideoInfo
	if e := a.followedPID(s.PID); e != nil && e.video != nil {
		v, _ = e.video.video()
		v.FrameRate = e.frameRate(v.FrameRate)
		v.StartTime = e.firstPTS
	}
	v.Index, v.PID, v.Program, v.Codec = index, s.PID, a.chosen.number, s.Codec
	v.TimeBase = rung.Rational{Num: 1, Den: Timescale}
	v.BitRate, v.Encrypted = a.pids.of(s.PID).rateAndScrambling()
	return v
}

// audioHint describes an audio stream; only selected ones are looked into.
func (a *Analyser) audioHint(index int, s Stream) rung.AudioInfo {
	var v rung.AudioInfo
	if e := a.followedPID(s.PID); e != nil && e.audio != nil {
		v, _ = e.audio.audio()
		v.StartTime = e.firstPTS
	}
	v.Index, v.PID, v.Program, v.Language = index, s.PID, a.chosen.number, s.Language
	if v.Codec == "" { // the PMT does not tell layer III from II, nor always E-AC-3 from AC-3
		v.Codec = s.Codec
	}
	v.TimeBase = rung.Rational{Num: 1, Den: Timescale}
	v.BitRate, v.Encrypted = a.pids.of(s.PID).rateAndScrambling()
	return v
}

// followedPID is the followed stream on a PID, nil if there is none.
func (a *Analyser) followedPID(pid int) *elementary {
	for _, e := range a.followed {
		if e.stream.PID == pid {
			return e
		}
	}
	return nil
}

// rateAndScrambling is for PIDs that may not have come yet.
func (s *pidState) rateAndScrambling() (bitRate int64, scrambled bool) {
	if s == nil {
		return 0, false
	}
	return s.bitRate, s.scrambled
}

// frameRate is the measured rate where frames come evenly, else the declared one, else the measured mean. Declared
// rates are often those of fields, or left over from another configuration.
func (e *elementary) frameRate(declared rung.Rational) rung.Rational {
	measured, even := e.rate.rate()
	if !measured.IsZero() && (even || declared.IsZero()) {
		return measured
	}
	if snapped := snapRate(declared); !declared.IsZero() && !snapped.IsZero() {
		return snapped
	}
	return declared
}

// declaredRate is the rate by the stream's headers.
func (e *elementary) declaredRate() rung.Rational {
	if e.video == nil {
		return rung.Rational{}
	}
	v, _ := e.video.video()
	return v.FrameRate
}
