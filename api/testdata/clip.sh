#!/bin/sh
# Makes clip, the presentation of the console's browser test: 8 s of a moving picture in two renditions, and sound.
#   clip.sh [FFMPEG]
set -eu
cd "$(dirname "$0")/clip"
rm -rf ./*
"${1:-ffmpeg}" -hide_banner -loglevel error -f lavfi -i testsrc=size=320x180:rate=25:duration=8 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=8 \
  -filter_complex "[0:v]split[a][b];[b]scale=160:90[c]" -map "[a]" -map "[c]" -map 1:a \
  -c:v libx264 -preset veryslow -crf 36 -g 50 -keyint_min 50 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -b:a 32k -ac 1 \
  -b:v:0 0 -b:v:1 0 -maxrate:v:0 200k -bufsize:v:0 400k -maxrate:v:1 80k -bufsize:v:1 160k \
  -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags independent_segments -master_pl_name master.m3u8 \
  -hls_segment_filename "s1/%v/%05d.m4s" -hls_fmp4_init_filename "init-%v.mp4" \
  -var_stream_map "v:0,agroup:audio,name:180p v:1,agroup:audio,name:90p a:0,agroup:audio,name:audio,default:yes" "%v.m3u8"
# FFmpeg writes segments' names without their folders.
for v in 180p 90p audio; do
  mv "init-$v.mp4" "s1/$v/init-0.mp4"
  sed -i "s#init-$v.mp4#s1/$v/init-0.mp4#; s#^\([0-9]*\.m4s\)#s1/$v/\1#" "$v.m3u8"
done
