#!/usr/bin/env bash
# Installs the Debian packages that the build, the tests and the demo need beyond a Swift toolchain. Not as root, or not
# on Debian, it says what is missing and goes on: the steps that can do without will.
set -euo pipefail

packages=(gcc g++ binutils make git pkg-config cmake python3 python3-dev libpython3-dev python3-venv valgrind libc6-dbg
  clang-format)
tools=(gcc g++ objdump make git pkg-config cmake python3 python3-config valgrind clang-format)

missing=()
if ! command -v dpkg-query >/dev/null; then
  for tool in "${tools[@]}"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} -eq 0 ] || echo "setup: missing: ${missing[*]}; install them with the package manager of this system" >&2
  exit 0
fi

for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "setup: missing: ${missing[*]}; install them with: sudo apt-get install ${missing[*]}" >&2
  exit 0
fi
echo "setup: installing ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
