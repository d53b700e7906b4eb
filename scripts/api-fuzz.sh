#!/usr/bin/env bash
# An outside fuzzer (schemathesis) calls every end of the API that the OpenAPI document describes, on a site of its own
# with an owner's token and ids that exist: no 5xx, and no status, media type or shape that is not described, and
# nothing taken that the description does not allow.
# SECONDS_SPENT sets about how long. What it sends is the same each time but for the ids.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .tools/api/bin/schemathesis ] || { echo "api-fuzz: run scripts/tools.sh first"; exit 2; }
cairn="${CAIRN_BIN:-${CARGO_TARGET_DIR:-$PWD/target}/debug/cairn}"
folder="$(mktemp -d)"
server=""
ended() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"; }
trap ended EXIT
port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
base="http://127.0.0.1:$port"
site=(--database "sqlite:$folder/site.sqlite" --key-file "$folder/site.key" --base-url "$base")
"$cairn" init "${site[@]}" --org "Fuzz Harbour" --owner owner@fuzz.example >"$folder/init.txt"
"$cairn" serve "${site[@]}" --listen "127.0.0.1:$port" --files "file:$folder/files" --posts-a-minute 0 >"$folder/serve.txt" 2>&1 &
server=$!
for _ in $(seq 100); do curl -sf "$base/healthz" >/dev/null && break; sleep 0.2; done

# the owner signs in by the printed link and makes a token
link="$(grep -o "$base/sign-in/[^ ]*" "$folder/init.txt" | head -1)"
curl -sf -c "$folder/jar" -o /dev/null -H "Sec-Fetch-Site: same-origin" --data-urlencode "name=Olga Owner" "$link"
slug="$(sed -n 's|.*/issuers/\([a-z0-9-]*\).*|\1|p' "$folder/init.txt" | head -1)"
token="$(curl -sf -b "$folder/jar" -H 'Content-Type: application/json' "$base/api/v1/orgs/$slug/tokens" \
  --data '{"label":"fuzz","scopes":["read","define","award","revoke","records","admin"],"days":2}' |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])')"
python3 interop/api/seed.py "$base" "$slug" "$token" "$folder/jar" "$folder/site.sqlite" >"$folder/ids.json"

# hooks.py shows the token: made-up ones would only ever meet 401
printf '[generation]\nwith-security-parameters = false\n' >"$folder/schemathesis.toml"
spent="${SECONDS_SPENT:-75}"
echo "api-fuzz: $base, organisation $slug, about $spent seconds"
code=0
PYTHONPATH="$PWD/interop/api" PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=hooks CAIRN_FUZZ_IDS="$folder/ids.json" \
  CAIRN_FUZZ_ANSWERS="$folder/answers.json" \
  .tools/api/bin/schemathesis --config-file "$folder/schemathesis.toml" \
  run "$base/api/v1/openapi.json" --url "$base" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection \
  --phases examples,coverage,fuzzing --mode all --max-time "$spent" --workers 1 --warnings off --no-color \
  --continue-on-failure --suppress-health-check all --seed 20261123 --generation-database none \
  "$@" >"$folder/fuzz.txt" 2>&1 || code=$?
[ -z "${FUZZ_KEPT:-}" ] || cp "$folder/fuzz.txt" "$folder/serve.txt" "$folder/answers.json" "$FUZZ_KEPT/"
tail -n "${LINES_SHOWN:-120}" "$folder/fuzz.txt"
python3 interop/api/reached.py "$folder/answers.json"
if grep -q "panicked" "$folder/serve.txt"; then
  echo "api-fuzz: the server panicked:"
  grep "panicked" "$folder/serve.txt" | head -5
  code=1
fi
kill -0 "$server" || { echo "api-fuzz: the server is gone"; code=1; }
exit "$code"
