#!/bin/sh
# What tests need of Debian, or what is named: installed where we may, named where we may not.
set -eu
needed="libfribidi0 fonts-lohit-deva fonts-lohit-knda fonts-lohit-taml fonts-dejavu-core"
needed="$needed fonts-lohit-beng-bengali fonts-lohit-gujr fonts-lohit-guru fonts-lohit-mlym"
needed="$needed fonts-lohit-orya fonts-lohit-telu libzbar0 tesseract-ocr tesseract-ocr-hin poppler-utils"
needed="$needed dbus-daemon fprintd libfprint-2-2" # the latter with the virtual reader
needed="${*:-$needed}"

missing=""
for package in $needed; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "missing:$missing (sudo apt install$missing)" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
