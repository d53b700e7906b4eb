"""openbadgeslib (PyPI) as an independent issuer and verifier, one JSON answer per call.

unbake FILE | verify FILE | issue KIND FOLDER | page FILE ADDRESS (read by extruct)
"""
import json
import pathlib
import sys
from datetime import datetime, timezone

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from openbadgeslib import ob3


def text_of(file):
    data = pathlib.Path(file).read_bytes()
    if data.startswith(b"\x89PNG"):
        return ob3.OB3Verifier.extract_token_from_png(data)
    if b"<svg" in data[:2000]:
        return ob3.OB3Verifier.extract_token_from_svg(data)
    return data.decode().strip()


def verify(file):
    text = text_of(file)
    try:
        if text.startswith("{"):
            ob3.OB3LdpVerifier().verify(text)
        else:
            kid = json.loads(_b64(text.split(".")[0]))["kid"]
            pem = ob3.resolve_verification_method(kid)
            ob3.OB3Verifier(pem).verify(text)
    except Exception as error:  # whatever it raises is its refusal
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True, "error": None}


def _b64(part):
    import base64

    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _unb64(data):
    import base64

    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def issue(kind, folder):
    folder = pathlib.Path(folder)
    way, _, detail = kind.partition("-")
    algorithm = detail if detail in ("EdDSA", "ES256", "RS256") else "EdDSA"
    key = {
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "RS256": lambda: rsa.generate_private_key(65537, 2048),
    }[algorithm]()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    did = did_of(key, public)
    credential = ob3.OpenBadgeCredential(
        issuer=ob3.Issuer(id=did, name="Openbadgeslib Issuer"),
        recipient_id="did:example:learner",
        achievement=ob3.Achievement(
            id="urn:uuid:5b0c6a52-9c0d-4d0e-8a3b-2f7d3f1c9a10",
            name="Café Économie",
            description="Signed by somebody else",
            criteria_narrative="Do it well",
        ),
        issuance_date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
    )
    png, svg = blank_png(), b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'
    if way == "ldp":
        signer = ob3.OB3LdpSigner(private)
        text = signer.sign_to_json(credential)
        altered = text.replace("Do it well", "Do it badly")
        if detail == "png":
            return files(folder, kind, "png", signer.sign_into_png(credential, png), altered)
        if detail == "svg":
            return files(folder, kind, "svg", signer.sign_into_svg(credential, svg), altered)
        return files(folder, kind, "json", text.encode(), altered)
    signer = ob3.OB3Signer(private, algorithm=algorithm)
    token = with_kid(signer, private, credential, did, algorithm)
    head, body, signature = token.split(".")
    altered = ".".join([head, _unb64(_b64(body).replace(b"Do it well", b"Do it badly")), signature])
    return files(folder, kind, "jwt", token.encode(), altered)


def did_of(key, public):
    if isinstance(key, rsa.RSAPrivateKey):
        import base64

        numbers = key.public_key().public_numbers()
        encode = lambda n: base64.urlsafe_b64encode(n.to_bytes((n.bit_length() + 7) // 8, "big")).decode().rstrip("=")
        return ob3.did_jwk_from_jwk({"kty": "RSA", "n": encode(numbers.n), "e": encode(numbers.e)})
    return ob3.did_key_from_pem(public)


def with_kid(signer, private, credential, did, algorithm):
    """openbadgeslib signs without `kid`; OB 3.0 wants one, so its payload is signed by PyJWT with it."""
    import jwt

    fragment = "#0" if did.startswith("did:jwk:") else "#" + did.removeprefix("did:key:")
    return jwt.encode(credential.to_jwt_payload(), private, algorithm=algorithm, headers={"kid": did + fragment})


def files(folder, kind, ending, data, altered):
    file = folder / f"openbadgeslib-{kind}.{ending}"
    file.write_bytes(data)
    other = folder / f"openbadgeslib-{kind}-altered.{'json' if altered.startswith('{') else 'jwt'}"
    other.write_text(altered)
    return {"file": str(file), "altered": str(other)}


def blank_png():
    import io

    import png

    out = io.BytesIO()
    png.Writer(4, 4, greyscale=True).write(out, [[200] * 4] * 4)
    return out.getvalue()


def page(file, address):
    import extruct

    html = pathlib.Path(file).read_text()
    return extruct.extract(html, base_url=address, syntaxes=["json-ld", "opengraph"])


COMMANDS = {"page": page, "unbake": lambda file: {"text": text_of(file)}, "verify": verify, "issue": issue}
print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
