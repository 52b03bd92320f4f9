#!/bin/sh
# Makes a key for an agent and one for the merchant in FOLDER, unless they are there: by chance, and
# readable for the gateway (user 65532) alone. Says how to call with them.
set -eu
folder=$1
umask 077
for name in agent merchant; do
  if [ ! -s "$folder/$name" ]; then
    head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$folder/$name.new"
    mv "$folder/$name.new" "$folder/$name"
  fi
  chown 65532:65532 "$folder/$name"
  # Printed, because these are for trying things out on this machine.
  printf 'the key of the %s: %s\n' "$name" "$(cat "$folder/$name")"
done
chmod 0755 "$folder"
