# Read by all judges: how they get what they need from others.

# fetch_node FROM TO: installs what the package-lock.json in FROM names, once.
fetch_node() {
  cmp -s "$1/package-lock.json" "$2/installed" && return
  rm -rf "$2" && mkdir -p "$2" && cp "$1/package.json" "$1/package-lock.json" "$2/" &&
    npm ci --silent --no-audit --no-fund --prefix "$2" &&
    cp "$1/package-lock.json" "$2/installed"
}

# fetch_python REQUIREMENTS VENV: installs what REQUIREMENTS names, once.
fetch_python() {
  cmp -s "$1" "$2/installed" && return
  if ! python3 -c 'import ensurepip' && [ "$(id -u)" = 0 ]; then
    apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv
  fi
  python3 -m venv --clear "$2" &&
    "$2/bin/pip" install --quiet --disable-pip-version-check -r "$1" &&
    cp "$1" "$2/installed"
}

# left_out WHAT NEEDS: what could not be fetched is a failure, unless ACP_JUDGE_OPTIONAL is set.
left_out() {
  echo "What it takes cannot be fetched: $2." >&2
  [ -n "${ACP_JUDGE_OPTIONAL:-}" ] || exit 1
  echo "left out: $1" >&2
  exit 0
}
