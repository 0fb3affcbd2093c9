package ingest

import "rung"

// objectSeeks is the locator of jobs whose input is not a transport stream: a part is the whole object, sought to a key
// picture, or to a time stamp where there are no pictures.
type objectSeeks struct {
	url    string
	object Object
	layout layout
	video  []IndexedPicture
	audio  int64 // the first time stamp, where there are no pictures
}

// locate implements locator.
func (o *objectSeeks) locate(part rung.Part, from, _ int64) ([]rung.Part, bool) {
	r := &rung.ObjectRange{URL: o.url, Size: o.object.Size(), ETag: o.object.ETag()}
	if o.layout.video != nil {
		r.SeekStream = o.layout.video.index
	} else {
		r.SeekStream = o.layout.audio[0].index
	}
	if from > 0 {
		ts := from + o.audio
		if o.layout.video != nil {
			// The presentation time stamp: libavformat's mov demuxer takes a decoding one for the group before.
			ts = o.video[from].PTS
		}
		r.SeekTS = &ts
	}
	part.Object = r
	return []rung.Part{part}, true
}

// forget implements locator.
func (o *objectSeeks) forget(int64) {}
