#!/usr/bin/env bash
# Other people's verifiers read what we sign; we read what they sign.
set -euo pipefail
cd "$(dirname "$0")/.."
export CAIRN_BIN="${CAIRN_BIN:-${CARGO_TARGET_DIR:-$PWD/target}/debug/cairn}"
PATH="$PWD/.tools/venv/bin:$PATH" node interop/run.mjs
PATH="$PWD/.tools/venv/bin:$PATH" node interop/oidc.mjs
