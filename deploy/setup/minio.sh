#!/bin/bash
# Provides the MinIO server that the tests of store/s3 run against and prints, as its last line, the path of its program.
# It is built from the Go module proxy into a per-user cache: once per machine, shared by all clones. A test fixture only:
# nothing that is installed or run in production needs it. Runs as any user; set RUNG_MINIO to use a program of your own.
set -euo pipefail

say() { echo "minio: $*" >&2; }
die() { say "$1"; say "hint: $2"; exit 1; }

module=github.com/minio/minio
version=v0.0.0-20260212201848-7aac2a2c5b7c # the last commit of the archived repository that builds with go install

if [ -n "${RUNG_MINIO:-}" ]; then
  [ -x "$RUNG_MINIO" ] || die "RUNG_MINIO names $RUNG_MINIO, which is not a program" "unset it, or name a MinIO server"
  say "using $RUNG_MINIO"
  echo "$RUNG_MINIO"
  exit 0
fi

root="${XDG_CACHE_HOME:-$HOME/.cache}/rung"
program="$root/bin/minio"
stamp="$root/bin/minio.version"
if [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$version" ]; then
  say "using the build in $program"
  echo "$program"
  exit 0
fi

command -v go >/dev/null || die "go is missing" "install the Go version that go.mod names, then again"
mkdir -p "$root/bin"
exec 9>"$root/minio.lock"
flock -n 9 || { say "another build is under way, waiting for it"; flock 9; }
if [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$version" ]; then
  echo "$program"
  exit 0
fi

work=$(mktemp -d "$root/minio.XXXXXX")
trap 'rm -rf "$work"' EXIT
say "building the server from its Go module (about 5 minutes on two cores)"
start=$SECONDS
# Outside of any module and without this one's flags: the server has a go.mod of its own.
(cd "$work" && GOFLAGS='' GOWORK=off GOBIN="$work" CGO_ENABLED=0 nice go install -trimpath -ldflags='-s -w' "$module@$version") >"$work/log" 2>&1 &
build=$!
while kill -0 "$build" 2>/dev/null; do
  sleep 1
  [ $(((SECONDS - start) % 30)) -eq 0 ] && say "still building, $((SECONDS - start)) s"
done
wait "$build" || { tail -20 "$work/log" >&2; die "the build failed" "the lines above say why; is the network there?"; }

# The rename makes the program visible at once and whole.
mv "$work/minio" "$program"
echo "$version" >"$stamp"
say "built into $program in $((SECONDS - start)) s"
echo "$program"
