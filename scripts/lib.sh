# What scripts/run, scripts/test and scripts/bench share. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# The compiler cache serves every clone of the project: what it compares does not depend on the folder.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say() { printf '== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

build_packages=(
  g++ cmake ninja-build pkg-config ccache git
  libboost1.81-dev libnghttp2-dev libsimdjson-dev libdeflate-dev zlib1g-dev libzstd-dev libssl-dev
  nlohmann-json3-dev libprotobuf-dev protobuf-compiler libfmt-dev libcli11-dev libcpp-httplib-dev libyaml-cpp-dev
  libre2-dev libgtest-dev libgmock-dev python3 python3-venv
)

# install_packages NAME...: those that are missing, with apt-get; quiet and quick when there are none.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "these packages are needed, and this is no Debian: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "root or sudo is needed to install: ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  mkdir -p build
  local log=$root/build/packages.log
  {
    "${as_root[@]}" apt-get update -q &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "apt-get failed; the whole log is $log"; }
}

# build_preset PRESET [TARGET...]: configures where that is needed and builds, with ninja's progress line.
build_preset() {
  local preset=$1
  shift
  mkdir -p "build/$preset"
  local log=build/$preset/configure.log
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "configuring $preset"
    cmake --preset "$preset" >"$log" 2>&1 || { tail -n 30 "$log" >&2; fail "cmake failed; the whole log is $log"; }
  fi
  local targets=()
  [ $# -gt 0 ] && targets=(--target "$@")
  # Quiet where there is nothing to do; with ninja's progress line where there is.
  if cmake --build "build/$preset" "${targets[@]}" -- -n 2>/dev/null | grep -q 'no work to do'; then return; fi
  cmake --build "build/$preset" "${targets[@]}" || fail "the build failed (preset $preset)"
}

# The Python environments of the real SDKs; see scenarios/requirements.
python_environments() {
  local name
  for name in "$@"; do
    scripts/python-environment "$name" || fail "the Python environment $name could not be made"
  done
}

# client_environment LANGUAGE [NAME]: the SDKs of tests/clients/NAME. Where the machine's own LANGUAGE does not fit them, or
# its registry does not have them, their tests are skipped.
client_environment() {
  local code=0
  "scripts/$1-environment" "${@:2}" || code=$?
  case $code in
    0 | 4 | 5) ;;
    *) fail "the environment ${2:-$1} could not be made" ;;
  esac
}

# Each language comes from the system's packages only where there is none, and only where those packages are new enough.
client_environments() {
  command -v node >/dev/null || install_packages nodejs npm
  client_environment node
  # Debian's own: no browser is fetched from elsewhere.
  command -v chromium >/dev/null || install_packages chromium
  client_environment node browser
  client_environment node rollbar_tools
  if ! command -v go >/dev/null && apt-cache show golang-1.23-go >/dev/null 2>&1; then install_packages golang-1.23-go; fi
  client_environment go
  client_environment go collector
  client_environment go refinery
  command -v mvn >/dev/null && command -v javac >/dev/null || install_packages default-jdk-headless maven
  client_environment java
}
