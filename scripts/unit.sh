#!/usr/bin/env bash
# Unit, property, vector and story tests; prints every SKIPPED line so that a run that proves less says so.
set -euo pipefail
cd "$(dirname "$0")/.."
if command -v cargo-nextest >/dev/null; then
  cargo nextest run --workspace --locked --no-fail-fast --success-output never --failure-output final 2>&1
  cargo test --workspace --locked --doc --quiet
else
  cargo test --workspace --locked --no-fail-fast
fi
