#!/usr/bin/env bash
# Checks `make install` and `make uninstall`: programs are built against an installed copy, with pkg-config and with
# CMake, also after the copy was moved.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
version=$(cat VERSION)

files_under() { (cd "$1" 2>/dev/null && find . \( -type f -o -type l \) | LC_ALL=C sort); }
expected="./include/gmmswift.h
./include/gmmswift/module.modulemap
./lib/cmake/gmmswift/gmmswift-config-version.cmake
./lib/cmake/gmmswift/gmmswift-config.cmake
./lib/libgmmswift.so
./lib/libgmmswift.so.0
./lib/libgmmswift.so.$version
./lib/pkgconfig/gmmswift.pc"

check "make install works" make --no-print-directory install PREFIX="$prefix"
check "it installs these files and no others" equal "$(files_under "$prefix")" "$expected"
check "no template name is left open" equal "$(grep -rE '@[A-Z_]+@' "$prefix/lib/cmake" "$prefix/lib/pkgconfig")" ""

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
with_pkg_config() {
  gcc -std=c99 -Wall -Wextra -Werror $(pkg-config --cflags gmmswift) Tests/Interface/Installation/installed.c \
    -o "$scratch/installed" $(pkg-config --libs gmmswift)
}
check "pkg-config knows the version" equal "$(pkg-config --modversion gmmswift)" "$version"
check "a program builds with pkg-config" with_pkg_config
check "and runs" env LD_LIBRARY_PATH="$prefix/lib" "$scratch/installed"

# with_cmake BUILD VERSION ARGUMENT: configures with an argument that says where to look, builds, and runs.
with_cmake() {
  cmake -S Tests/Interface/Installation -B "$scratch/$1" -DWANTED_VERSION="$2" "$3" &&
    cmake --build "$scratch/$1" && "$scratch/$1/installed"
}
not_with_cmake() { ! with_cmake "$@"; }
if command -v cmake >/dev/null; then
  check "a program builds with find_package and runs" with_cmake plain "$version" -DCMAKE_PREFIX_PATH="$prefix"
  check "find_package refuses another version" not_with_cmake newer 999.0 -DCMAKE_PREFIX_PATH="$prefix"
  cp -a "$prefix" "$scratch/moved"
  mv "$prefix" "$scratch/away"
  check "the CMake package can be moved" with_cmake moved-build "$version" -DCMAKE_PREFIX_PATH="$scratch/moved"
  mv "$scratch/away" "$prefix"
else
  skip "find_package" "cmake is missing"
fi

module() {
  echo 'import CGMMSwift; print(String(cString: gmm_version()))' >"$scratch/main.swift"
  swiftc -O -I "$prefix/include/gmmswift" -L "$prefix/lib" -lgmmswift -Xlinker -rpath -Xlinker "$prefix/lib" \
    "$scratch/main.swift" -o "$scratch/main" && "$scratch/main"
}
check "Swift imports the installed header through its module map" module

check "make uninstall works" make --no-print-directory uninstall PREFIX="$prefix"
check "it leaves nothing behind" equal "$(files_under "$prefix")" ""
check "make install respects DESTDIR, LIBDIR and INCLUDEDIR" \
  make --no-print-directory install DESTDIR="$scratch/stage" PREFIX=/usr LIBDIR=/usr/lib/here INCLUDEDIR=/usr/include/there
check "and so do its files" grep -qx 'libdir=/usr/lib/here' "$scratch/stage/usr/lib/here/pkgconfig/gmmswift.pc"
if command -v cmake >/dev/null; then
  check "and its CMake package" \
    with_cmake staged "$version" -Dgmmswift_DIR="$scratch/stage/usr/lib/here/cmake/gmmswift"
fi
finish
