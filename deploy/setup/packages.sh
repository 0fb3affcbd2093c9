#!/bin/bash
# Installs the system packages that building and testing Rung needs. Idempotent; needs root only if something is missing.
#   packages.sh [build] [test]
set -euo pipefail
build=(gcc g++ make nasm patch pkg-config xz-utils zlib1g-dev libx265-dev libsvtav1enc-dev libsvtav1-dev libdav1d-dev libnuma-dev ca-certificates)
test=(chromium fonts-dejavu-core)
want=()
for group in "${@:-build}"; do
  case $group in
    build) want+=("${build[@]}") ;;
    test) want+=("${test[@]}") ;;
    *) echo "packages: unknown group \"$group\" (build or test)" >&2; exit 2 ;;
  esac
done
missing=()
for p in "${want[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
if [ ${#missing[@]} = 0 ]; then
  echo "packages: all ${#want[@]} are there" >&2
  exit 0
fi
echo "packages: installing ${missing[*]}" >&2
sudo=
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo=sudo; else
    echo "packages: these need root. Run once:  sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get -q update >/dev/null || { echo "packages: apt-get update failed; is the network there?" >&2; exit 1; }
$sudo apt-get -q -y --no-install-recommends install "${missing[@]}" >/tmp/rung-packages.$$ 2>&1 || { tail -20 /tmp/rung-packages.$$ >&2; rm -f /tmp/rung-packages.$$; exit 1; }
rm -f /tmp/rung-packages.$$
