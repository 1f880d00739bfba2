# Debian packages, and how to have them. Sourced by ./run and ./test.

# To build and run the program.
packages_to_run="clang-19 lld-19 cmake ninja-build pkg-config libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libpq-dev libssl-dev libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev libargon2-dev libcrypt-dev zlib1g-dev
  libcurl4-openssl-dev libyaml-cpp-dev libxlsxwriter-dev libzip-dev libexpat1-dev libmagic-dev libvips-dev libsystemd-dev
  brotli postgresql-15 postgresql-client-15 ca-certificates"
# To make its Debian package.
packages_to_package="dpkg-dev file"
# To test it.
packages_to_test="ccache valgrind binutils clang-tidy-19 clang-format-19 libclang-rt-19-dev libgtest-dev libgmock-dev librapidcheck-dev
  python3 python3-pytest python3-pytest-xdist python3-httpx python3-psycopg python3-hypothesis python3-aiosmtpd
  python3-openpyxl python3-yaml python3-jsonschema
  git procps curl openssl faketime chromium prometheus prometheus-alertmanager"

# Some tests bring their tools from npm; where there is a node already, another one is not installed.
command -v node >/dev/null && command -v npm >/dev/null || packages_to_test="$packages_to_test nodejs npm"

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $1"
  [ -z "${2:-}" ] || say "next: $2"
  exit 1
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs those of the named packages that are missing, and only those.
install_packages() {
  missing=""
  for package in "$@"; do
    # ${Status} is the package tool's own field.
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    fail "Packages are missing, and this user can't install them:$missing" "Run this as root, or install sudo."
  say "Installing:$missing"
  # Debian would make and start a cluster of its own beside ours.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  log=$(mktemp)
  # shellcheck disable=SC2086  # a list of words
  if ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
    --no-install-recommends -o Dpkg::Options::=--force-confold $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "The packages could not be installed." "Look at the lines above and at $log."
  fi
  rm -f "$log"
}

# PostgreSQL does not run as root: it gets a user of its own.
make_service_user() {
  [ "$(id -u)" = 0 ] || return 0
  getent passwd pixelpim >/dev/null ||
    useradd --system --no-create-home --home-dir /var/lib/pixelpim --shell /usr/sbin/nologin pixelpim ||
    fail "The user pixelpim could not be made."
}

# build PRESET: configures when needed, and builds. A folder's sources are compiled together (cmake/folders.cmake).
build() {
  preset=$1
  mkdir -p build 2>/dev/null && [ -w build ] ||
    fail "This user can't write to $PWD/build." "Clone PixelPim into a folder of your own, or run this as who made that one."
  command -v ccache >/dev/null && export PIXELPIM_COMPILER_LAUNCHER=ccache CCACHE_SLOPPINESS=pch_defines,time_macros
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" -DCMAKE_UNITY_BUILD=ON >"$build_log" 2>&1 || {
    tail -n 20 "$build_log" >&2
    fail "The build could not be configured." "Look at the lines above."
  }
  cmake --build "build/$preset" >"$build_log" 2>&1 &
  builder=$!
  # A job in the background does not hear Ctrl-C by itself.
  trap 'kill "$builder" 2>/dev/null; exit 130' INT TERM
  show_progress "$builder"
  wait "$builder" || {
    grep -E 'error|FAILED' -A 6 "$build_log" | head -n 40 >&2
    fail "The build failed." "The whole output is in $build_log."
  }
  trap - INT TERM
}

# How far the build is, every ten seconds until it ends: "[12/70]" is the last such line of its log.
show_progress() {
  ticks=0
  while kill -0 "$1" 2>/dev/null; do
    sleep 0.1
    ticks=$((ticks + 1))
    [ $((ticks % 100)) -ne 0 ] || say "   $(sed -n 's/^\(\[[0-9]*\/[0-9]*\]\).*/\1/p' "$build_log" | tail -n 1) after $((ticks / 10)) s"
  done
}
