#!/bin/bash
# Provides FFmpeg 7.x for rung-engine and prints, as its last line, the folder of its .pc files ("system" where the
# system's own development packages are 7.x). Elsewhere it builds a small static FFmpeg 7.1 from Debian's source
# package into a per-user cache, keyed by version and configuration: once per machine, shared by all clones.
# Runs as any user; the compiler and the codec libraries come from deploy/setup/packages.sh.
set -euo pipefail

say() { echo "ffmpeg: $*" >&2; }
die() { say "$1"; say "hint: $2"; exit 1; }

unset PKG_CONFIG_PATH # a shell set up for the cached build must not make that look like the system's
if [ "${RUNG_FFMPEG:-auto}" != build ] && pkg-config --exists 'libavcodec >= 61' 'libavcodec < 62' libavfilter libavdevice libswscale libswresample 2>/dev/null; then
  say "using the system's FFmpeg 7.x (libavcodec $(pkg-config --modversion libavcodec))"
  echo system
  exit 0
fi

suite=trixie          # the Debian release whose ffmpeg source package is 7.1
series=7.1

list() { tr '\n' ' ' <<<"$1" | sed 's/  */,/g; s/^,//; s/,$//'; }

decoders=$(list "h264 hevc mpeg1video mpeg2video mpeg4 vc1 wmv3 prores dnxhd mjpeg jpeg2000 ffv1 rawvideo v210 vp8 vp9 libdav1d
 aac aac_fixed aac_latm mp1 mp1float mp2 mp2float mp3 mp3float ac3 eac3 dca truehd flac alac opus vorbis s302m wrapped_avframe
 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_u8 pcm_alaw pcm_mulaw pcm_bluray pcm_dvd")
encoders=$(list "libx264 libx265 libsvtav1 aac mpeg2video mp2 ac3 eac3 ffv1 rawvideo wrapped_avframe pcm_s16le pcm_s24le pcm_f32le png")
demuxers=$(list "mpegts mpegtsraw mpegps mov matroska mxf avi flv ivf obu h264 hevc m4v mpegvideo av1 aac ac3 eac3 mp3 flac wav
 rawvideo pcm_s16le hls concat")
muxers=$(list "mpegts mov mp4 matroska mxf hls nut null rawvideo framecrc framemd5 md5 crc wav adts h264 hevc mpeg2video mpeg1video
 pcm_s16le pcm_f32le image2 segment data")
filters=$(list "bwdif yadif scale format setfield setparams setsar fps split null copy trim setpts overlay crop pad concat tinterlace
 interlace telecine fieldmatch decimate pullup weave separatefields fieldorder select color testsrc2 testsrc smptehdbars sine anullsrc
 aevalsrc aresample aformat atrim asetpts anull asplit amix pan channelmap join volume asetnsamples apad adelay volumedetect astats
 psnr ssim xpsnr blackdetect freezedetect buffer buffersink abuffer abuffersink nullsrc signalstats metadata idet noise gblur geq
 life mandelbrot cellauto showinfo ashowinfo drawbox hue tpad loop aloop")

config=(--disable-everything --disable-autodetect --disable-network --disable-doc --disable-shared --enable-static --enable-pic
  --enable-gpl --enable-version3 --enable-pthreads --enable-zlib --enable-libx264 --enable-libx265 --enable-libsvtav1 --enable-libdav1d
  --enable-decoder="$decoders" --enable-encoder="$encoders" --enable-demuxer="$demuxers" --enable-muxer="$muxers"
  --enable-filter="$filters" --enable-parsers --enable-bsfs --enable-protocol=file,pipe,fd,data --enable-indev=lavfi
  --disable-ffplay --disable-debug)

key=$(printf '%s\n' "$series" "$(uname -m)" "$(pkg-config --modversion x264 x265 SvtAv1Enc dav1d 2>/dev/null)" "${config[@]}" | sha256sum | cut -c1-12)
root="${XDG_CACHE_HOME:-$HOME/.cache}/rung"
prefix="$root/ffmpeg-$series-$key"
if [ -e "$prefix/.complete" ]; then
  say "using the build in $prefix"
  echo "$prefix/lib/pkgconfig"
  exit 0
fi

for tool in gcc make nasm pkg-config xz apt-get; do
  command -v "$tool" >/dev/null || die "$tool is missing" "run deploy/setup/packages.sh (needs root), then again"
done
for lib in x264 x265 SvtAv1Enc dav1d zlib; do
  pkg-config --exists "$lib" || die "the development package of $lib is missing" "run deploy/setup/packages.sh (needs root), then again"
done

mkdir -p "$root"
exec 9>"$root/ffmpeg.lock"
flock -n 9 || { say "another build is under way, waiting for it"; flock 9; }
[ -e "$prefix/.complete" ] && { echo "$prefix/lib/pkgconfig"; exit 0; }

work=$(mktemp -d "$root/build.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The source comes from where this machine's package manager gets its packages, through that manager and its signatures.
uri=$(apt-get indextargets --format '$(REPO_URI)|$(COMPONENT)' 'Created-By: Packages' | grep -v security | grep '|main$' | grep '/debian/\?|' | head -1 | cut -d'|' -f1)
[ -n "$uri" ] || die "no Debian archive among the package manager's sources" "FFmpeg 7.x development packages of your system serve as well"
mkdir -p "$work"/apt/{lists/partial,cache/archives/partial,src}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$keyring] $uri $suite main" >"$work/apt/sources.list"
apt=(-q -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/apt/lists"
  -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User= -o Acquire::Languages=none -o Debug::NoLocking=1 -o Acquire::Retries=3)
say "fetching the source package of FFmpeg $series"
apt-get "${apt[@]}" update >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "the package archive gave no list of sources" "is the network there?"; }
(cd "$work/apt/src" && apt-get "${apt[@]}" source --download-only ffmpeg >"$work/apt.log" 2>&1) || { cat "$work/apt.log" >&2; die "the source package could not be fetched" "is the network there?"; }
tarball=$(ls "$work"/apt/src/ffmpeg_"$series"*.orig.tar.* 2>/dev/null | grep -v '\.asc$' | head -1)
[ -n "$tarball" ] || die "the archive's $suite has no ffmpeg $series ($(ls "$work/apt/src"))" "set RUNG_FFMPEG=system and install FFmpeg 7.x development packages"
mkdir "$work/src"
tar -xf "$tarball" -C "$work/src" --strip-components=1

say "configuring $(basename "$tarball")"
cd "$work/src"
./configure --prefix="$prefix.tmp" "${config[@]}" >"$work/configure.log" 2>&1 || { tail -20 "$work/configure.log" ffbuild/config.log >&2; die "configure failed" "the lines above say why"; }

total=$(make -n 2>/dev/null | grep -cE 'printf "(CC|X86ASM|CXX)' || true)
say "compiling about $total files on $(nproc) cores (about 4.5 minutes on two)"
( make -j"$(nproc)" 2>&1 || echo "MAKE FAILED" ) | tee "$work/make.log" | awk -v total="$total" '
  /^(CC|X86ASM|CXX)\t/ { n++; if (n % 100 == 0) { printf "ffmpeg: %d of %d files\n", n, total > "/dev/stderr"; fflush() } }'
grep -q '^MAKE FAILED' "$work/make.log" && { tail -30 "$work/make.log" >&2; die "the build failed" "the lines above say why"; }
make install >"$work/install.log" 2>&1 || { tail -20 "$work/install.log" >&2; die "the installation failed" "is the disk full?"; }

# The .pc files name the final folder; the rename makes the build visible at once and whole.
sed -i "s|$prefix.tmp|$prefix|g" "$prefix.tmp"/lib/pkgconfig/*.pc
touch "$prefix.tmp/.complete"
rm -rf "$prefix"
mv "$prefix.tmp" "$prefix"
say "built into $prefix"
echo "$prefix/lib/pkgconfig"
