#!/usr/bin/env bash
# Licences, bans and sources. The advisory database lies outside the registries, so it is not asked here.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.tools/bin:$PATH" cargo deny --log-level warn check bans licenses sources
