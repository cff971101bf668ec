# The virtual environments: their names, their folders and what is installed into them.

environment_exists() {
  [ -n "$(environment_folder "$1")" ]
}

environment_folder() {
  case $1 in
    test) echo .venv ;;
    demo) echo .venv-demo ;;
  esac
}

environment_requirements() {
  echo "requirements_$1.txt"
}

# What an environment was made from. It holds the folder's own path because environments break
# when they are moved.
environment_recipe() {
  echo "$PWD"
  cat "$(environment_requirements "$1")"
}

environment_is_ready() {
  local folder
  folder=$(environment_folder "$1")
  [ -f "$(environment_requirements "$1")" ] || fail "$(environment_requirements "$1") is missing."
  environment_recipe "$1" | cmp --quiet - "$folder/recipe" 2>/dev/null && "$folder/bin/python" -c ''
}

# Needs UV and PYTHON.
make_environment() {
  local name=$1 folder requirements started=$SECONDS
  folder=$(environment_folder "$name")
  requirements=$(environment_requirements "$name")
  say "installing $requirements into $folder"
  rm -f "$folder/recipe"
  if ! "$folder/bin/python" -c '' 2>/dev/null || [ "$(head -n 1 "$folder/root" 2>/dev/null)" != "$PWD" ]; then
    rm -rf "$folder"
    "$UV" venv --quiet --no-project --python "$PYTHON" "$folder"
    echo "$PWD" >"$folder/root"
  fi
  # The files name every package with its version, so there is nothing left to resolve.
  "$UV" pip sync --quiet --python "$folder/bin/python" "$requirements" ||
    fail "uv could not install $requirements (its message is above)."
  environment_recipe "$name" >"$folder/recipe"
  say "$folder is ready ($((SECONDS - started)) s)"
}
