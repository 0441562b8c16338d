#!/bin/sh
# Brings what the test machine boots from: Debian's own kernel, and a busybox for its first steps.
# Both are downloaded and unpacked, never installed.
set -eu
cache=$(cd "$(dirname "$0")/../.." && pwd)/.hardware
packages="linux-image-amd64 busybox-static"

if [ "$(dpkg --print-architecture)" != amd64 ]; then
    echo "the hardware tests run on amd64 alone: the guest uses this machine's own programs" >&2
    exit 1
fi
[ ! -e "$cache/complete" ] || exit 0
rm -rf "$cache"
mkdir -p "$cache/debs" "$cache/root"
# shellcheck disable=SC2086  # a list of names
if [ -z "$(apt-cache depends $packages 2>/dev/null)" ] && [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq
fi
kernel=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
cd "$cache/debs"
apt-get -o APT::Sandbox::User=root download -qq "$kernel" busybox-static
for package in *.deb; do dpkg-deb -x "$package" "$cache/root"; done
rm -r "$cache/debs"
touch "$cache/complete"
