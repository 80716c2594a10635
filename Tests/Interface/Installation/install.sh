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

# The tree under `there` is a moved copy, and the place that it came from is empty while it is used.
there=$scratch/moved/there
mkdir "$scratch/moved"
cp -a "$prefix" "$there"
moved() {
  local status
  mv "$prefix" "$scratch/away"
  "$@"
  status=$?
  mv "$scratch/away" "$prefix"
  return $status
}

# with_pkg_config PREFIX: builds a program with what pkg-config says of the tree, and runs it.
with_pkg_config() {
  local -x PKG_CONFIG_PATH=$1/lib/pkgconfig
  gcc -std=c99 -Wall -Wextra -Werror $(pkg-config --cflags gmmswift) Tests/Interface/Installation/installed.c \
    -o "$scratch/installed" $(pkg-config --libs gmmswift) && LD_LIBRARY_PATH=$1/lib "$scratch/installed"
}
# variable PKGCONFIGDIR NAME: where pkg-config says that something is.
variable() { realpath "$(PKG_CONFIG_PATH=$1 pkg-config --variable="$2" gmmswift)"; }
check "pkg-config knows the version" \
  equal "$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion gmmswift)" "$version"
check "a program builds with pkg-config and runs" with_pkg_config "$prefix"
check "also when the installed tree was moved" moved with_pkg_config "$there"
check "pkg-config finds the prefix of a moved tree" equal "$(variable "$there/lib/pkgconfig" prefix)" "$there"
check "no installed text names the place of installation" equal "$(grep -rIl "$scratch" "$prefix")" ""

# with_cmake BUILD VERSION ARGUMENT: configures with an argument that says where to look, builds, and runs.
with_cmake() {
  cmake -S Tests/Interface/Installation -B "$scratch/$1" -DWANTED_VERSION="$2" "$3" &&
    cmake --build "$scratch/$1" && "$scratch/$1/installed"
}
# serves VERSION ACCEPTED REFUSED: whether an installed tree of a version meets some requests and refuses others.
serves() {
  local planted=$scratch/version-$1
  cp -a "$prefix" "$planted"
  sed -i "s|PACKAGE_VERSION \"$version\"|PACKAGE_VERSION \"$1\"|" "$planted"/lib/cmake/gmmswift/*-version.cmake
  cmake -S Tests/Interface/Installation/Versions -B "$planted/build" -DCMAKE_PREFIX_PATH="$planted" \
    -DPLANTED="$1" -DACCEPTED="$2" -DREFUSED="$3"
}
if command -v cmake >/dev/null; then
  check "a program builds with find_package and runs" with_cmake plain "$version" -DCMAKE_PREFIX_PATH="$prefix"
  check "also when the installed tree was moved" moved with_cmake moved-build "$version" -DCMAKE_PREFIX_PATH="$there"
  check "find_package takes 0.1.2 for what asks for 0.1, and not for other minor numbers" \
    serves 0.1.2 "0.1;0.1.0;0.1.2;0.1...0.3;0.1...<0.2" "0.0;0.1.3;0.2;1.0;0.2...0.3;0.0...<0.1.2"
  check "find_package does not take 0.2.0 for 0.1" serves 0.2.0 "0.2;0.1...0.2.0" "0.1;0.1.0;0.2.1;1.0;0.1...<0.2.0"
  check "find_package takes 1.2.3 for earlier versions since 1.0" \
    serves 1.2.3 "1;1.0;1.1.9;1.2.3" "0.1;0.9;1.2.4;1.3;2.0"
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
staged=$scratch/stage/usr/lib/here/pkgconfig
check "and so does its pkg-config file" \
  equal "$(for name in prefix libdir includedir; do variable "$staged" $name; done)" \
  "$(printf '%s\n' "$scratch"/stage/usr{,/lib/here,/include/there})"
if command -v cmake >/dev/null; then
  check "and its CMake package" \
    with_cmake staged "$version" -Dgmmswift_DIR="$scratch/stage/usr/lib/here/cmake/gmmswift"
fi
finish
