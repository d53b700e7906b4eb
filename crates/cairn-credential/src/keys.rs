//! Public keys: read from Multikey and JWK, and asked whether a signature is theirs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::BoxedUint;
use rsa::pkcs1::DecodeRsaPublicKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A public key of a kind that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032), 32 bytes.
    Ed25519([u8; 32]),
    /// NIST P-256, compressed SEC1 point, 33 bytes.
    P256([u8; 33]),
    /// RSA, big-endian modulus and exponent without leading zeros.
    Rsa {
        /// Modulus.
        n: Vec<u8>,
        /// Public exponent.
        e: Vec<u8>,
    },
}

/// How a signature was made, as JOSE names it (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256, 64-byte signature.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

/// RSA moduli that are read, in bytes: 2048 to 8192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

impl PublicKey {
    /// From a multibase Multikey: `z6Mk…` (Ed25519), `zDna…` (P-256), `z4MX…` (RSA). The error is a sentence.
    pub fn from_multibase(text: &str) -> Result<PublicKey, String> {
        let bytes = multibase(text)?;
        match bytes.as_slice() {
            [0xed, 0x01, key @ ..] => Ok(PublicKey::Ed25519(
                key.try_into().map_err(|_| format!("An Ed25519 key has 32 bytes, this one {}.", key.len()))?,
            )),
            [0x80, 0x24, key @ ..] => p256_point(key),
            [0x85, 0x24, key @ ..] => {
                use rsa::traits::PublicKeyParts;
                let key = rsa::RsaPublicKey::from_pkcs1_der(key).map_err(|_| "The RSA key is malformed.".to_owned())?;
                rsa_key(&key.n_bytes(), &key.e_bytes())
            }
            [0xe7, 0x01, ..] => Err("Keys on secp256k1 are not read yet.".into()),
            [0x81, 0x24, ..] => Err("Keys on P-384 are not read yet.".into()),
            [0xec, 0x01, ..] => Err("This is an X25519 key, which agrees on secrets and signs nothing.".into()),
            [0xeb, 0x01, ..] => Err("BBS keys are not read yet.".into()),
            _ => Err("The key is of a kind that is not read.".into()),
        }
    }

    /// The Multikey form, for kinds that have a short one; RSA keys give none.
    pub fn to_multibase(&self) -> Option<String> {
        let bytes = match self {
            PublicKey::Ed25519(key) => [&[0xed, 0x01][..], key].concat(),
            PublicKey::P256(key) => [&[0x80, 0x24][..], key].concat(),
            PublicKey::Rsa { .. } => return None,
        };
        Some(format!("z{}", bs58::encode(bytes).into_string()))
    }

    /// From a JSON Web Key (RFC 7517). The error is a sentence. A key with private parts is refused.
    pub fn from_jwk(jwk: &Value) -> Result<PublicKey, String> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| -> Result<Vec<u8>, String> {
            let text = text(name).ok_or_else(|| format!("The JSON Web Key lacks “{name}”."))?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| format!("“{name}” of the JSON Web Key is no base64url."))
        };
        if jwk.get("d").is_some() {
            return Err("The JSON Web Key contains its private part; such a key proves nothing.".into());
        }
        match (text("kty"), text("crv")) {
            (Some("OKP"), Some("Ed25519")) => {
                let x = bytes("x")?;
                Ok(PublicKey::Ed25519(x.try_into().map_err(|_| "“x” of the key has not 32 bytes.".to_owned())?))
            }
            (Some("EC"), Some("P-256")) => p256_point(&[&[4][..], &bytes("x")?, &bytes("y")?].concat()),
            (Some("RSA"), _) => rsa_key(&bytes("n")?, &bytes("e")?),
            (Some(kty), crv) => Err(format!("Keys of the kind {kty} {} are not read yet.", crv.unwrap_or_default())),
            _ => Err("The JSON Web Key does not say its kind (“kty”).".into()),
        }
    }

    /// Whether `signature` over `message` is this key's. An algorithm that is not this key's own says no.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (PublicKey::Ed25519(key), Algorithm::EdDsa) => {
                let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(key) else { return false };
                let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
                key.verify_strict(message, &signature).is_ok()
            }
            (PublicKey::P256(key), Algorithm::Es256) => {
                use p256::ecdsa::signature::Verifier;
                let Ok(key) = p256::ecdsa::VerifyingKey::from_sec1_bytes(key) else { return false };
                let Ok(signature) = p256::ecdsa::Signature::from_slice(signature) else { return false };
                key.verify(message, &signature).is_ok()
            }
            (PublicKey::Rsa { n, e }, Algorithm::Rs256) => {
                let Ok(key) = rsa_public(n, e) else { return false };
                let digest = rsa::sha2::Sha256::digest(message);
                key.verify(rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>(), &digest, signature).is_ok()
            }
            _ => false,
        }
    }

    /// A short name for evidence lines: the Multikey, or a digest for keys without a short form.
    pub fn fingerprint(&self) -> String {
        self.to_multibase().unwrap_or_else(|| match self {
            PublicKey::Rsa { n, .. } => format!("rsa-{}-sha256-{}", n.len() * 8, hex(&Sha256::digest(n))),
            _ => String::new(),
        })
    }
}

fn p256_point(sec1: &[u8]) -> Result<PublicKey, String> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(sec1).map_err(|_| "The P-256 key is no point.".to_owned())?;
    let point = key.to_sec1_point(true);
    point.as_bytes().try_into().map(PublicKey::P256).map_err(|_| "The P-256 key has a wrong length.".into())
}

fn rsa_key(n: &[u8], e: &[u8]) -> Result<PublicKey, String> {
    let strip = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    let (n, e) = (strip(n), strip(e));
    if !RSA_BYTES.contains(&n.len()) {
        return Err(format!("An RSA key of {} bits is not accepted: 2048 to 8192 are.", n.len() * 8));
    }
    rsa_public(&n, &e).map_err(|()| "The RSA key is malformed.".to_owned())?;
    Ok(PublicKey::Rsa { n, e })
}

fn rsa_public(n: &[u8], e: &[u8]) -> Result<rsa::RsaPublicKey, ()> {
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, (bytes.len().max(1) * 8) as u32).map_err(|_| ());
    if e.len() > 8 {
        return Err(());
    }
    let n = number(n)?;
    if n.bit_width_vartime() < 2048 {
        return Err(());
    }
    rsa::RsaPublicKey::new_with_max_size(n, number(e)?, 8192).map_err(|_| ())
}

/// Decodes multibase base58btc (`z…`) or base64url (`u…`). The error is a sentence.
pub(crate) fn multibase(text: &str) -> Result<Vec<u8>, String> {
    if text.len() > 8192 {
        return Err("The encoded value is too long.".into());
    }
    match text.split_at_checked(1) {
        Some(("z", rest)) => bs58::decode(rest).into_vec().map_err(|_| "The value is no base58.".into()),
        Some(("u", rest)) => URL_SAFE_NO_PAD.decode(rest).map_err(|_| "The value is no base64url.".into()),
        _ => Err("The value is not in multibase: it should begin with “z”.".into()),
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_jwk_and_a_short_rsa_key_are_refused() {
        let private = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"});
        assert!(PublicKey::from_jwk(&private).unwrap_err().contains("private"));
        let short = serde_json::json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xffu8; 128]), "e": "AQAB"});
        assert!(PublicKey::from_jwk(&short).unwrap_err().contains("1024 bits"));
    }

    #[test]
    fn multikeys_come_back_as_they_were() {
        for text in
            ["z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"]
        {
            assert_eq!(PublicKey::from_multibase(text).unwrap().to_multibase().as_deref(), Some(text));
        }
        assert!(PublicKey::from_multibase("6Mk").is_err());
        assert!(PublicKey::from_multibase("").is_err());
    }

    #[test]
    fn an_all_zero_ed25519_key_signs_nothing() {
        // a small-order key would otherwise accept one signature for many messages
        let key = PublicKey::Ed25519([0; 32]);
        assert!(!key.verifies(Algorithm::EdDsa, b"anything", &[0; 64]));
    }
}
