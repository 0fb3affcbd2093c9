package conformance

// streams are all the kinds that the suite goes through. Codecs, GOPs, rates, scans, sizes, sounds and starts are mixed:
// not each with each, but each where it matters. start is in 1/90000 s: 8589600000 is 95440 s, 3.7 s before the wrap.
var streams = []stream{
	// H.264
	{name: "h264 GOP 12", source: "test:?codec=h264&size=640x360&rate=25&gop=12&audio=aac&frames=300", quick: live},
	{name: "h264 open GOP 15", source: "test:?codec=h264&size=720x480&sar=8:9&rate=29.97&gop=15&open_gop=1&audio=mp2&audio_rate=44100&channels=1&start=0&frames=300", quick: vod},
	{name: "h264 open GOP 48", source: "test:?codec=h264&size=640x360&rate=23.976&gop=48&open_gop=1&audio=ac3&channels=6&frames=260"},
	{name: "h264 GOP 60", source: "test:?codec=h264&size=640x360&rate=60&gop=60&audio=aac&audio_rate=32000&start=8589600000&frames=600"},
	{name: "h264 GOP 500", source: "test:?codec=h264&size=640x360&rate=24&gop=500&audio=mp2&audio_rate=32000&frames=620"},
	{name: "h264 open GOP 500", source: "test:?codec=h264&size=640x360&rate=50&gop=500&open_gop=1&audio=aac&audio_rate=44100&frames=700"},
	{name: "h264 intra refresh", source: "test:?codec=h264&size=640x360&rate=25&gop=48&intra_refresh=1&audio=mp2&frames=300"},
	{name: "h264 intra refresh at 59.94", source: "test:?codec=h264&size=640x360&rate=59.94&gop=60&intra_refresh=1&audio=ac3&start=0&frames=600"},
	{name: "h264 576i tff 16:9", source: "test:?codec=h264&size=720x576&sar=64:45&rate=25&interlaced=tff&gop=12&open_gop=1&audio=mp2&start=8589600000&frames=250"},
	{name: "h264 480i bff 16:9", source: "test:?codec=h264&size=720x480&sar=32:27&rate=29.97&interlaced=bff&gop=15&audio=ac3&audio_rate=44100&channels=6&frames=300"},
	{name: "h264 1440x1080i anamorphic", source: "test:?codec=h264&size=1440x1080&sar=4:3&rate=25&interlaced=tff&gop=12&open_gop=1&audio=ac3&channels=1&frames=200", profile: "large"},
	{name: "h264 1080p50", source: "test:?codec=h264&size=1920x1080&rate=50&gop=48&audio=aac&channels=6&bit_rate=8000000&frames=300", profile: "large"},
	{name: "h264 1080i29.97 tff", source: "test:?codec=h264&size=1920x1080&rate=29.97&interlaced=tff&gop=15&open_gop=1&audio=mp2&channels=1&frames=200"},
	{name: "h264 2160p25", source: "test:?codec=h264&size=3840x2160&rate=25&gop=48&audio=aac&channels=1&bit_rate=12000000&frames=150"},

	// HEVC
	{name: "hevc open GOP 12 576 4:3", source: "test:?codec=hevc&size=720x576&sar=16:15&rate=25&gop=12&open_gop=1&audio=aac&audio_rate=44100&channels=1&frames=250"},
	{name: "hevc GOP 15", source: "test:?codec=hevc&size=640x360&rate=30&gop=15&audio=ac3&audio_rate=32000&start=0&frames=300"},
	{name: "hevc open GOP 48", source: "test:?codec=hevc&size=640x360&rate=24&gop=48&open_gop=1&audio=aac&audio_rate=44100&channels=6&start=8589600000&frames=260", quick: vod},
	{name: "hevc GOP 60", source: "test:?codec=hevc&size=640x360&rate=59.94&gop=60&audio=mp2&audio_rate=44100&frames=600"},
	{name: "hevc open GOP 500", source: "test:?codec=hevc&size=640x360&rate=30&gop=500&open_gop=1&audio=aac&audio_rate=32000&channels=1&frames=650"},
	{name: "hevc GOP 500", source: "test:?codec=hevc&size=640x360&rate=50&gop=500&audio=ac3&audio_rate=44100&frames=700"},
	{name: "hevc 480 16:9", source: "test:?codec=hevc&size=720x480&sar=32:27&rate=29.97&gop=15&open_gop=1&audio=mp2&audio_rate=32000&channels=1&frames=300"},
	{name: "hevc 1080p23.976", source: "test:?codec=hevc&size=1920x1080&rate=23.976&gop=48&audio=ac3&audio_rate=32000&channels=6&frames=150", profile: "large"},
	{name: "hevc 1440x1080", source: "test:?codec=hevc&size=1440x1080&sar=4:3&rate=25&gop=12&open_gop=1&audio=aac&audio_rate=32000&channels=6&frames=150"},
	{name: "hevc 2160p25", source: "test:?codec=hevc&size=3840x2160&rate=25&gop=60&open_gop=1&audio=ac3&audio_rate=44100&channels=1&bit_rate=12000000&frames=110", kinds: vod},

	// MPEG-2
	{name: "mpeg2 576i tff 4:3", source: "test:?codec=mpeg2&size=720x576&sar=16:15&rate=25&interlaced=tff&gop=12&open_gop=1&audio=mp2&start=8589600000&frames=250", quick: vod},
	{name: "mpeg2 576i bff 16:9", source: "test:?codec=mpeg2&size=720x576&sar=64:45&rate=25&interlaced=bff&gop=12&audio=mp2&audio_rate=32000&frames=250"},
	{name: "mpeg2 480i tff 4:3", source: "test:?codec=mpeg2&size=720x480&sar=8:9&rate=29.97&interlaced=tff&gop=15&audio=ac3&channels=6&start=0&frames=300"},
	{name: "mpeg2 480i bff 16:9", source: "test:?codec=mpeg2&size=720x480&sar=32:27&rate=29.97&interlaced=bff&gop=15&open_gop=1&audio=ac3&audio_rate=32000&channels=1&frames=300"},
	{name: "mpeg2 GOP 48", source: "test:?codec=mpeg2&size=640x360&rate=23.976&gop=48&audio=mp2&audio_rate=44100&frames=260"},
	{name: "mpeg2 open GOP 60", source: "test:?codec=mpeg2&size=640x360&rate=60&gop=60&open_gop=1&audio=aac&frames=600"},
	{name: "mpeg2 GOP 500", source: "test:?codec=mpeg2&size=640x360&rate=30&gop=500&audio=mp2&audio_rate=32000&channels=1&frames=650"},
	{name: "mpeg2 open GOP 500", source: "test:?codec=mpeg2&size=640x360&rate=50&gop=500&open_gop=1&audio=ac3&frames=700"},
	{name: "mpeg2 24p", source: "test:?codec=mpeg2&size=640x360&rate=24&gop=12&open_gop=1&audio=aac&audio_rate=44100&frames=260"},
	{name: "mpeg2 59.94p", source: "test:?codec=mpeg2&size=720x480&sar=32:27&rate=59.94&gop=15&open_gop=1&audio=ac3&audio_rate=44100&start=8589600000&frames=600"},
	{name: "mpeg2 1440x1080i anamorphic", source: "test:?codec=mpeg2&size=1440x1080&sar=4:3&rate=25&interlaced=tff&gop=12&open_gop=1&audio=mp2&bit_rate=10000000&frames=200"},
	{name: "mpeg2 1080i29.97 tff", source: "test:?codec=mpeg2&size=1920x1080&rate=29.97&interlaced=tff&gop=15&open_gop=1&audio=ac3&channels=6&bit_rate=12000000&frames=200", profile: "large"},

	// Film pulled down to 29.97: rate is the film's
	{name: "soft pulldown kept", source: "test:?codec=mpeg2&size=720x480&sar=8:9&rate=23.976&pulldown=soft&gop=12&open_gop=1&audio=ac3&frames=248"},
	{name: "soft pulldown restored", source: "test:?codec=mpeg2&size=720x480&sar=32:27&rate=23.976&pulldown=soft&gop=12&audio=mp2&start=8589600000&frames=248", profile: "restore"},
	{name: "hard pulldown kept, mpeg2", source: "test:?codec=mpeg2&size=720x480&sar=8:9&rate=23.976&pulldown=hard&gop=15&open_gop=1&audio=ac3&frames=248"},
	{name: "hard pulldown kept, h264", source: "test:?codec=h264&size=720x480&sar=32:27&rate=23.976&pulldown=hard&gop=15&open_gop=1&audio=aac&start=0&frames=248"},

	// Sound that does not begin with the pictures, and the wrap between the two
	{name: "sound 2 s late", source: "test:?codec=h264&size=640x360&rate=25&gop=25&audio=aac&audio_delay=96000&frames=300"},
	{name: "sound 1.3 s late", source: "test:?codec=mpeg2&size=640x360&rate=29.97&gop=15&audio=ac3&audio_rate=44100&audio_delay=57330&frames=300"},
	{name: "sound 2 s early", source: "test:?codec=hevc&size=640x360&rate=25&gop=25&audio=mp2&audio_delay=-96000&frames=300"},
	{name: "sound 0.7 s early", source: "test:?codec=h264&size=640x360&rate=50&gop=50&audio=aac&audio_rate=32000&audio_delay=-22400&frames=500"},
	{name: "sound from behind the wrap on", source: "test:?codec=h264&size=640x360&rate=25&gop=25&audio=aac&audio_delay=96000&start=8589844592&frames=300"},
	{name: "pictures from behind the wrap on", source: "test:?codec=mpeg2&size=640x360&rate=25&gop=12&open_gop=1&audio=mp2&audio_delay=-96000&start=8590024592&frames=300"},
	{name: "sound wraps 40 ms before the pictures", source: "test:?codec=hevc&size=640x360&rate=25&gop=25&audio=ac3&audio_delay=1920&start=8589930992&frames=300"},

	// Sound whose clock is off the video's
	{name: "sound 100 ppm slow", source: "test:?codec=h264&size=320x180&rate=25&gop=50&audio=aac&audio_drift_ppm=100&bit_rate=500000&frames=15000", kinds: vod},
	{name: "sound 100 ppm fast", source: "test:?codec=mpeg2&size=320x180&rate=29.97&gop=15&audio=ac3&audio_rate=44100&audio_drift_ppm=-100&bit_rate=800000&frames=5400", kinds: vod},

	// Ten minutes
	{name: "ten minutes of film", source: "test:?codec=h264&size=320x180&rate=29.97&gop=30&audio=mp2&audio_rate=44100&bit_rate=500000&frames=18000", kinds: vod},
	{name: tenMinutesLive, source: "test:?codec=h264&size=320x180&rate=25&gop=50&open_gop=1&audio=aac&bit_rate=500000&start=8567000000&frames=15100", kinds: live},
}

// tenMinutesLive runs beside all the others.
const tenMinutesLive = "ten minutes live"
