# Python 3.14 from Debian's archive, for machines that reach nothing but package registries.
#
# apt-get works out and downloads, with folders of its own for all it reads and writes, the packages
# Python needs, down to the C library; they are unpacked side by side into .python/debian, and the
# interpreter is told to load its libraries from there. Nothing is installed: no root, no change to
# the system's package lists, caches or database.

# The first Debian suite with Python 3.14. Its packages are checked with Debian's keys as usual.
readonly DEBIAN_SUITE=forky
readonly DEBIAN_PACKAGES='python3.14 libstdc++6 patchelf python3-pip-whl'
readonly DEBIAN_PREFIX=$PWD/.python/debian
readonly DEBIAN_PYTHON=$DEBIAN_PREFIX/usr/bin/python3.14
readonly DEBIAN_WORK=$PWD/.cache/debian

debian_python_is_possible() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null
}

debian_python_works() {
  [ -x "$DEBIAN_PYTHON" ] && "$DEBIAN_PYTHON" -c 'import ssl, sqlite3, ctypes' 2>/dev/null
}

# A pip that Python can run as it is: the wheel that Debian ships for new environments.
debian_pip() {
  printf '%s/pip' "$DEBIAN_PREFIX"/usr/share/python-wheels/pip-*.whl
}

ensure_debian_python() {
  debian_python_works && return
  say "taking Python 3.14 from Debian's archive (suite $DEBIAN_SUITE) into .python/debian"
  rm -rf "$DEBIAN_WORK" "$DEBIAN_PREFIX"
  mkdir -p "$DEBIAN_WORK"/{lists,archives}/partial "$DEBIAN_WORK/state"
  download_debian_packages
  unpack_debian_packages
  debian_python_works || fail "the Python unpacked into .python/debian does not run on this machine."
  rm -rf "$DEBIAN_WORK"
}

download_debian_packages() {
  local mirror
  for mirror in $(debian_mirrors); do
    write_apt_configuration "$mirror"
    if own_apt_get update && own_apt_get install --yes --download-only --no-install-recommends \
      $DEBIAN_PACKAGES; then
      return
    fi
  done >"$DEBIAN_WORK/log" 2>&1
  tail -n 5 "$DEBIAN_WORK/log" >&2
  if [ -z "$(debian_mirrors)" ]; then
    fail "apt's sources name no Debian mirror for this release, so there is nowhere to take Python" \
      "3.14 from. Install Python 3.14.2 or newer and run it again."
  fi
  fail "no mirror in apt's sources gave the suite $DEBIAN_SUITE (apt's last words are above)." \
    "Install Python 3.14.2 or newer and run it again."
}

# The mirrors this machine takes its own release from, as apt itself reads its configuration: the
# archive they mirror holds the other suites too.
debian_mirrors() {
  local release
  release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$release" '$2 == "main" &&
      ($1 == release || $1 ~ /^(oldstable|stable|testing|unstable|sid)$/) && !seen[$3]++ { print $3 }'
}

write_apt_configuration() {
  local mirror=$1 keyring options
  options="arch=$(dpkg --print-architecture) target=Packages"
  for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    [ ! -e "$keyring" ] || options="$options signed-by=$keyring"
  done
  printf 'deb [%s] %s %s main\n' "$options" "$mirror" "$DEBIAN_SUITE" >"$DEBIAN_WORK/sources.list"
  : >"$DEBIAN_WORK/status"
  cat >"$DEBIAN_WORK/apt.conf" <<EOF
Dir::Etc::SourceList "$DEBIAN_WORK/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$DEBIAN_WORK/state";
Dir::State::Lists "$DEBIAN_WORK/lists";
Dir::State::Status "$DEBIAN_WORK/status";
Dir::Cache "$DEBIAN_WORK";
Dir::Log "$DEBIAN_WORK";
Acquire::Languages "none";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
}

own_apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get --config-file "$DEBIAN_WORK/apt.conf" --quiet "$@"
}

unpack_debian_packages() {
  local package loader libraries unpacked=$DEBIAN_PREFIX.unpacked
  rm -rf "$unpacked" && mkdir -p "$unpacked"
  for package in "$DEBIAN_WORK"/archives/*.deb; do
    dpkg-deb --extract "$package" "$unpacked"
  done
  rm -rf "$unpacked"/usr/share/{doc,locale,man,zoneinfo}

  loader=$(echo "$unpacked"/usr/lib/*/ld-linux*.so.*)
  libraries=$(dirname "$loader")
  patchelf() { "$loader" --library-path "$libraries" "$unpacked/usr/bin/patchelf" "$@"; }
  # In two steps and in this order: patchelf 0.18 leaves a program that crashes otherwise.
  patchelf --force-rpath --set-rpath "${libraries/#$unpacked/$DEBIAN_PREFIX}" \
    "$unpacked/usr/bin/python3.14"
  patchelf --set-interpreter "${loader/#$unpacked/$DEBIAN_PREFIX}" "$unpacked/usr/bin/python3.14"
  mv "$unpacked" "$DEBIAN_PREFIX"
}
