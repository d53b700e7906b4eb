#!/usr/bin/env bash
# Installs what the tests need, pinned, into .tools/ and node_modules/; does nothing when it is all there.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .tools
sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"

missing=()
command -v chromium >/dev/null || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v openssl >/dev/null || missing+=(openssl)
command -v curl >/dev/null || missing+=(curl)
command -v node >/dev/null || missing+=(nodejs npm)
command -v pdfdetach >/dev/null || missing+=(poppler-utils)
command -v zbarimg >/dev/null || missing+=(zbar-tools)
command -v python3 >/dev/null || missing+=(python3 python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  echo "tools: installing Debian packages: ${missing[*]}"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >.tools/apt.log 2>&1 ||
    { tail -20 .tools/apt.log; echo "tools: apt-get could not install ${missing[*]}"; exit 1; }
fi

# npm: a folder is ready when its stamp is as new as its lock file.
for dir in e2e interop; do
  [ -f "$dir/package.json" ] || continue
  if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.stamp"; then
    echo "tools: npm ci in $dir"
    (cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && cp package-lock.json node_modules/.stamp)
  fi
done

# PyPI: a virtual environment for other people's verifiers, and one for the fuzzer of the API.
python_packages() { # folder, requirements
  if [ -f "$2" ] && ! cmp -s "$2" ".tools/$1/.stamp"; then
    echo "tools: Python packages of $2"
    rm -rf ".tools/$1"
    python3 -m venv ".tools/$1"
    ".tools/$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
    cp "$2" ".tools/$1/.stamp"
  fi
}
python_packages venv interop/requirements.txt
python_packages api interop/api/requirements.txt

# cargo-deny, from its crate.
if ! command -v cargo-deny >/dev/null && [ ! -x .tools/bin/cargo-deny ]; then
  echo "tools: cargo-deny (a few minutes, once)"
  cargo install cargo-deny --version 0.20.2 --locked --quiet --root .tools --config profile.release.debug=false --config profile.release.lto=false --config profile.release.opt-level=1 --config profile.release.codegen-units=256
fi
