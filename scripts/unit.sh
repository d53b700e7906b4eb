#!/usr/bin/env bash
# Unit, property, vector and story tests; prints every SKIPPED line so that a run that proves less says so. A test that
# passes is kept quiet by its runner unless it is asked to speak, and a skip passes: so they are all asked.
set -euo pipefail
cd "$(dirname "$0")/.."

# SKIPPED at the beginning of its line, where .ci/run counts it; without the runner's own words about what passed.
told() {
  awk '/^[[:space:]]*SKIPPED /{sub(/^[[:space:]]+/, "")}
       /^[[:space:]]*$|^[[:space:]]*running [0-9]+ test|^[[:space:]]*test .* \.\.\. ok$|^[[:space:]]*test result: ok/{next}
       {print; fflush()}'
}

if command -v cargo-nextest >/dev/null; then
  cargo nextest run --workspace --locked --no-fail-fast --success-output immediate --failure-output final 2>&1 | told
  cargo test --workspace --locked --doc --quiet
else
  cargo test --workspace --locked --no-fail-fast -- --show-output 2>&1 | told
fi
