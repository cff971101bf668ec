# Finds or makes the Python that Home Assistant needs. Needs UV, sets PYTHON.
#
# In this order: one that is on the PATH, one that uv downloads, one from Debian's archive.

# Home Assistant needs 3.14.2 or newer; the pinned wheels are built for the 3.14 series.
readonly PYTHON_WANTED='>=3.14.2,<3.15'

find_python() {
  [ -z "${PYTHON:-}" ] || return 0
  export UV_PYTHON_INSTALL_DIR=$PWD/.python/cpython
  PYTHON=$(python_on_this_machine || true)
  [ -z "$PYTHON" ] || return 0
  if debian_python_works; then
    PYTHON=$DEBIAN_PYTHON
  elif download_python; then
    PYTHON=$(python_on_this_machine)
  elif debian_python_is_possible; then
    ensure_debian_python
    PYTHON=$DEBIAN_PYTHON
  else
    fail "there is no Python 3.14.2 or newer here, uv could not download one, and this is not a" \
      "Debian-based machine. Install Python 3.14 and run it again."
  fi
}

python_on_this_machine() {
  "$UV" python find --quiet --system --no-project --no-python-downloads "$PYTHON_WANTED" 2>/dev/null
}

# One try and short patience: a machine that cannot reach the download has another way.
download_python() {
  say "no Python 3.14.2 or newer on the PATH: asking uv for one"
  UV_HTTP_RETRIES=0 UV_HTTP_CONNECT_TIMEOUT=5 \
    "$UV" python install --quiet --no-bin 3.14 2>/dev/null && return
  say "uv cannot download Python here"
  return 1
}
