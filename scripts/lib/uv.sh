# Finds uv, or installs it with pip into .python/uv. Sets UV.

# The oldest uv that knows CPython 3.14.2, and the one installed where there is none.
readonly UV_MINIMUM=0.9.17
readonly UV_PINNED=0.13.9
readonly UV_FOLDER=$PWD/.python/uv

find_uv() {
  keep_uv_inside
  use_index_of_pip
  if uv_is_usable "$(command -v uv || true)"; then
    UV=$(command -v uv)
  else
    uv_is_usable "$UV_FOLDER/bin/uv" || install_uv
    UV=$UV_FOLDER/bin/uv
  fi
}

uv_is_usable() {
  local version
  [ -n "$1" ] && [ -x "$1" ] || return 1
  version=$("$1" --version 2>/dev/null | cut -d ' ' -f 2) || return 1
  [ "$(printf '%s\n' "$UV_MINIMUM" "$version" | sort -V | head -n 1)" = "$UV_MINIMUM" ]
}

install_uv() {
  say "installing uv $UV_PINNED into .python/uv"
  rm -rf "$UV_FOLDER"
  if python3 -m pip --version >/dev/null 2>&1; then
    pip_install_uv python3 -m pip
  elif debian_python_is_possible; then
    ensure_debian_python
    pip_install_uv "$DEBIAN_PYTHON" "$(debian_pip)"
  else
    fail "it needs uv, or a python3 with pip to install uv with. Install either and run it again."
  fi
}

pip_install_uv() {
  "$@" install --quiet --disable-pip-version-check --no-warn-script-location \
    --target "$UV_FOLDER" "uv==$UV_PINNED" 2>"$PWD/.cache/pip.log" && return
  cat "$PWD/.cache/pip.log" >&2
  fail "pip could not install uv $UV_PINNED (its message is above). Is the package index reachable?"
}

keep_uv_inside() {
  export UV_CACHE_DIR=${UV_CACHE_DIR:-$PWD/.cache/uv}
}

# Where pip is told to use another index than the public one, uv uses it too; uv does not read
# pip's configuration by itself.
use_index_of_pip() {
  local index
  [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] || return 0
  index=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
  [ -z "$index" ] || export UV_DEFAULT_INDEX=$index
}
