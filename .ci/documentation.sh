#!/usr/bin/env bash
# Renders the documentation of the Swift interface, in which a warning is an error:
#
#     .ci/documentation.sh MODULES OUT
#
# MODULES is the folder of the compiled modules, such as .build/release/Modules, and OUT becomes a folder of web pages.
set -euo pipefail
cd "$(dirname "$0")/.."
modules=$1 out=$2

if ! command -v docc >/dev/null; then
  echo "documentation: this toolchain has no docc; nothing was rendered"
  exit 0
fi

graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
target=$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | head -n 1)
includes=()
for folder in Sources/CGMM{Files,Processor,Task}; do includes+=(-I "$folder"); done

# What `GaussianMixtures` exports of other modules is documented as its own.
swift symbolgraph-extract -module-name GaussianMixtures -target "$target" -I "$modules" "${includes[@]}" \
  -minimum-access-level public -skip-synthesized-members -output-dir "$graphs" \
  -experimental-allowed-reexported-modules=GMMModel,GMMInference,GMMDiagnostics,GMMStorage
rm -rf "$out"
docc convert Sources/GaussianMixtures/GaussianMixtures.docc --additional-symbol-graph-dir "$graphs" \
  --fallback-display-name GaussianMixtures --fallback-bundle-identifier GaussianMixtures --warnings-as-errors \
  --output-dir "$out"
pages=$(find "$out/data/documentation" -name '*.json' | wc -l)
[ "$pages" -ge 100 ] || { echo "documentation: $pages pages are too few"; exit 1; }
echo "documentation: $pages pages without a warning, in $out"
