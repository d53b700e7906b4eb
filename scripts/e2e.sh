#!/usr/bin/env bash
# A real browser on the running demo.
set -euo pipefail
cd "$(dirname "$0")/.."
CAIRN_BIN="${CAIRN_BIN:-${CARGO_TARGET_DIR:-$PWD/target}/debug/cairn}" node e2e/run.mjs
CAIRN_BIN="${CAIRN_BIN:-${CARGO_TARGET_DIR:-$PWD/target}/debug/cairn}" node e2e/passkeys.mjs
CAIRN_BIN="${CAIRN_BIN:-${CARGO_TARGET_DIR:-$PWD/target}/debug/cairn}" node e2e/issuing.mjs
