#!/bin/bash
# Provides FFmpeg 7.1 with its own x264 for rung-engine and prints, as its last line, the folder of its .pc files. Both are
# built small and static from Debian's source packages into a per-user cache, keyed by version, configuration and x264's
# changes (docs/decisions, 11 and 13): once per machine, shared by all clones.
# Runs as any user; the compiler and the codec libraries come from deploy/setup/packages.sh.
set -euo pipefail

say() { echo "ffmpeg: $*" >&2; }
die() { say "$1"; say "hint: $2"; exit 1; }

unset PKG_CONFIG_PATH # a shell set up for an earlier build must not lend it its libraries
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

suite=trixie          # the Debian release whose source packages these are
series=7.1
x264=0.164.3108

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

key=$(printf '%s\n' "$series" "$(uname -m)" "$(pkg-config --modversion x265 SvtAv1Enc dav1d 2>/dev/null)" "${config[@]}" \
  "$x264" "$(find "$here/x264" -type f | LC_ALL=C sort | xargs cat)" | sha256sum | cut -c1-12)
root="${XDG_CACHE_HOME:-$HOME/.cache}/rung"
prefix="$root/ffmpeg-$series-$key"
if [ -e "$prefix/.complete" ]; then
  say "using the build in $prefix"
  echo "$prefix/lib/pkgconfig"
  exit 0
fi

for tool in gcc make nasm patch pkg-config xz apt-get; do
  command -v "$tool" >/dev/null || die "$tool is missing" "run deploy/setup/packages.sh (needs root), then again"
done
for lib in x265 SvtAv1Enc dav1d zlib; do
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
[ -n "$uri" ] || die "no Debian archive among the package manager's sources" "add one, as on Debian 12 or 13"
mkdir -p "$work"/apt/{lists/partial,cache/archives/partial,src}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$keyring] $uri $suite main" >"$work/apt/sources.list"
apt=(-q -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/apt/lists"
  -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User= -o Acquire::Languages=none -o Debug::NoLocking=1 -o Acquire::Retries=3)
apt-get "${apt[@]}" update >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "the package archive gave no list of sources" "is the network there?"; }

# source_of NAME VERSION: fetches a source package and unpacks it into $work/NAME
source_of() {
  say "fetching the source of $1 $2"
  (cd "$work/apt/src" && apt-get "${apt[@]}" source --download-only --tar-only "$1" >"$work/apt.log" 2>&1) || { cat "$work/apt.log" >&2; die "the source package of $1 could not be fetched" "is the network there?"; }
  local tarball
  tarball=$(ls "$work/apt/src/$1_$2"*.orig.tar.* 2>/dev/null | grep -v '\.asc$' | head -1)
  [ -n "$tarball" ] || die "the archive's $suite has no $1 $2 ($(ls "$work/apt/src"))" "a newer Rung may know the version that it has"
  mkdir "$work/$1"
  tar -xf "$tarball" -C "$work/$1" --strip-components=1
}

source_of x264 "$x264"
say "building x264 with Rung's changes (about 40 seconds on two cores)"
cd "$work/x264"
cp -r "$here"/x264/{x264_share.h,common,encoder} .
for change in shared-lookahead lent-pictures; do
  patch -p0 --fuzz 0 <"$here/x264/$change.patch" >"$work/patch.log" || { cat "$work/patch.log" >&2; die "x264 could not be changed" "the lines above say where"; }
done
printf '#!/bin/sh\necho "#define X264_VERSION \\" %s rung\\""\necho "#define X264_POINTVER \\"%s rung\\""\n' "r${x264##*.}" "$x264" >version.sh
./configure --prefix="$prefix.tmp" --enable-static --enable-pic --disable-cli --disable-opencl >"$work/configure.log" 2>&1 || { tail -20 "$work/configure.log" config.log >&2; die "configure of x264 failed" "the lines above say why"; }
make -j"$(nproc)" >"$work/make.log" 2>&1 || { tail -30 "$work/make.log" >&2; die "the build of x264 failed" "the lines above say why"; }
make install >"$work/install.log" 2>&1 || { tail -20 "$work/install.log" >&2; die "the installation failed" "is the disk full?"; }

source_of ffmpeg "$series"
say "configuring FFmpeg"
cd "$work/ffmpeg"
export PKG_CONFIG_PATH="$prefix.tmp/lib/pkgconfig"
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
