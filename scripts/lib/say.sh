# What scripts/setup tells the person who runs it.

say() {
  printf 'setup: %s\n' "$*" >&2
}

fail() {
  printf 'setup: cannot go on: %s\n' "$*" >&2
  exit 1
}
