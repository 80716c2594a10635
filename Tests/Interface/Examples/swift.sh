#!/usr/bin/env bash
# Checks that a Swift package can depend on this one by a tag. The working tree becomes a repository with the tag that
# VERSION names, and the Swift examples are built against it, with the flags that this processor allows, and run.
set -uo pipefail
cd "$(dirname "$0")/../../.."
source Tests/Support/check.sh

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=$(cat VERSION)
export GMMSWIFT_REPOSITORY=file://$scratch/libgmmswift.git

publish() {
  mkdir "$scratch/tree" &&
    git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null |
    tar -c --files-from=- | tar -x -C "$scratch/tree" &&
    cd "$scratch/tree" && git init --quiet && git add --all &&
    git -c user.name=test -c user.email=test@example.org commit --quiet --message "Version $version" &&
    git tag "$version" && git clone --quiet --bare . "$scratch/libgmmswift.git"
}

# The flags that README.md names, and the kernels that they make.
flags=() kernels=portable
if grep -q avx512vl /proc/cpuinfo 2>/dev/null; then
  flags=(-Xcc -march=x86-64-v4 -Xswiftc -DGMM_AVX512) kernels=avx512
elif grep -q avx2 /proc/cpuinfo 2>/dev/null; then
  flags=(-Xcc -march=x86-64-v3 -Xswiftc -DGMM_AVX2) kernels=avx2
fi

build() {
  swift build -c release --package-path "$scratch/example" --cache-path "$scratch/cache" ${flags[@]+"${flags[@]}"}
}

example() {
  cp -r examples/swift "$scratch/example" && rm -rf "$scratch/example/.build" && build >&2 &&
    "$scratch/example/.build/release/fit-mixture" examples/data/three_components.txt "$scratch/posterior.gmm"
}

# Builds and runs what the documentation shows, in place of the example.
first_example() {
  sed -n '/^```swift$/,/^```$/{/^```/d;p}' Sources/GaussianMixtures/GaussianMixtures.docc/FirstExample.md \
    >"$scratch/example/Sources/fit-mixture/main.swift" &&
    build >&2 && "$scratch/example/.build/release/fit-mixture"
}

# Counts the targets of the package in a folder that pass flags which only a package of one's own may pass.
unsafe_flags() { swift package dump-package --package-path "$1" | grep -c unsafeFlags; }

clone_below_checkouts() {
  git clone --quiet "$scratch/libgmmswift.git" "$scratch/checkouts/libgmmswift" &&
    [ "$(unsafe_flags "$scratch/checkouts/libgmmswift")" -gt 0 ]
}

# Whether each line `means[k] mean ...` of the output is within four posterior sds (0.08) of the posterior's mean: far
# more than the error of any run, far less than the distance between clusters.
finds_the_clusters() {
  awk 'BEGIN { expected["means[0]"] = -4.96; expected["means[1]"] = 0.04; expected["means[2]"] = 5.02 }
    $1 in expected { distance = $2 - expected[$1]; if (distance * distance < 0.32 ^ 2) found++ }
    END { exit found != 3 }' "$scratch/output.txt" || { cat "$scratch/output.txt"; return 1; }
}

unknown_count() { "$scratch/example/.build/release/unknown-count" examples/data/galaxies.txt; }

# Whether the lines `number[k] P(K) P(K+) error` for 5 to 9 clusters agree with the reference, whose own errors are far
# smaller, within four errors. expected.txt has it for the C example of the same model.
finds_the_counts() {
  awk 'FNR == NR { if ($1 == "unknown_count" && $2 ~ /^clusters\[[5-9]\]$/) expected[substr($2, 9)] = $3; next }
    substr($1, 7) in expected {
      distance = $3 - expected[substr($1, 7)]; if ($4 > 0 && distance * distance < 16 * $4 * $4) found++
    }
    END { exit found != 5 }' Tests/Interface/Examples/expected.txt "$scratch/counts.txt" ||
    { cat "$scratch/counts.txt"; return 1; }
}

if ! (set -e; publish); then
  echo "the working tree could not be published as a repository"
  exit 1
fi
check "the Swift example builds against the tag $version and runs" eval 'example >"$scratch/output.txt"'
check "it finds the three clusters" finds_the_clusters
check "it goes on from a file" grep -qx "saved, loaded and extended: 5100 draws of each chain" "$scratch/output.txt"
check "it says why a file cannot be written" \
  grep -qx "not saved: '/nowhere/posterior.gmm': cannot write: No such file or directory" <<<"$(
    "$scratch/example/.build/release/fit-mixture" examples/data/three_components.txt /nowhere/posterior.gmm)"
check "it runs the kernels that its flags make" grep -qx "kernels: $kernels" "$scratch/output.txt"
check "it resolved the dependency to the tag" grep -q "\"version\" : \"$version\"" "$scratch/example/Package.resolved"
check "the example of an unknown number of components runs" eval 'unknown_count >"$scratch/counts.txt"'
check "it finds the probabilities of the numbers" finds_the_counts
check "it shows the draws of the most probable number" grep -qE '^given [78] clusters: [1-9]' "$scratch/counts.txt"
check "a package that was fetched passes no unsafe flags" \
  equal "$(unsafe_flags "$scratch/example/.build/checkouts/libgmmswift")" 0
check "a clone passes them, whatever the name of the folder that it is in" clone_below_checkouts
check "the first example of the documentation runs" eval 'first_example >"$scratch/first.txt"'
check "and finds three clusters" grep -q '^means\[2\] 5\.' "$scratch/first.txt"
finish
