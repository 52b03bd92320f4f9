#!/usr/bin/env bash
# Makes the one image the Dockerfile begins with, where no registry of images can be reached: Debian
# from its packages, and the Rust toolchain of this machine in it.
# tests/image/base.sh NAME FOLDER BUILDER…: NAME is a name of this machine's own, never that of an image
# others publish; BUILDER is what builds an image, such as `podman build`.
set -euo pipefail

readonly NAME=$1 FOLDER=$2
shift 2
case $NAME in
*.*/*) echo "$NAME is the name of somebody else's image" >&2 && exit 2 ;;
esac
readonly SYSROOT=$(rustc --print sysroot)
readonly ROOT=$FOLDER/base

command -v debootstrap >/dev/null || apt-get install -y -q --no-install-recommends debootstrap
rm -rf "$ROOT" && mkdir -p "$ROOT"
# What the official image has: a C compiler, the trusted certificates, and Rust.
debootstrap --variant=minbase --include=gcc,libc6-dev,ca-certificates bookworm "$ROOT" >"$FOLDER/base.log"
rm -rf "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/usr/share/{doc,man,locale}/*
mkdir -p "$ROOT/usr/local/cargo" "$ROOT/usr/local/lib"
cp -a "$SYSROOT"/bin/{cargo,rustc} "$ROOT/usr/local/bin/"
cp -a "$SYSROOT"/lib/. "$ROOT/usr/local/lib/"
# Who trusts this machine's authorities outside has to trust them inside as well.
cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$ROOT/etc/ssl/certs/ca-certificates.crt"

cat >"$FOLDER/base.Dockerfile" <<'RECIPE'
FROM scratch
COPY base/ /
ENV CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RECIPE
"$@" --pull=never -t "$NAME" -f "$FOLDER/base.Dockerfile" "$FOLDER" >/dev/null
rm -rf "$ROOT"
