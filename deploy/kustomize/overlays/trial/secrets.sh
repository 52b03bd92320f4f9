#!/bin/sh
# Makes the secrets of this overlay by chance, unless they are there, in a folder that git ignores.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
for name in master-key redis-password agent merchant; do
  [ -s "secrets/$name" ] ||
    head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"secrets/$name"
done
