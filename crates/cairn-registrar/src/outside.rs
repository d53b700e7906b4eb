//! The only clock and the only source of chance. Everything else takes time and randomness as arguments.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Clock and chance. Cheap to clone; clones share their state.
#[derive(Debug, Clone)]
pub struct Outside(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Fixed { now: Timestamp, seed: u64, drawn: Arc<AtomicU64> },
}

impl Outside {
    /// The machine's clock and its operating system's randomness.
    pub fn system() -> Outside {
        Outside(Kind::System)
    }

    /// A clock that stands still and a reproducible sequence: for tests only, since whoever knows the seed knows all.
    pub fn fixed(now: Timestamp, seed: u64) -> Outside {
        Outside(Kind::Fixed { now, seed, drawn: Arc::default() })
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => Timestamp::now(),
            Kind::Fixed { now, .. } => *now,
        }
    }

    /// Random bytes.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where randomness is drawn")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Kind::System => {
                getrandom::fill(&mut bytes).expect("an operating system without randomness cannot run this")
            }
            Kind::Fixed { seed, drawn, .. } => {
                for chunk in bytes.chunks_mut(32) {
                    let number = drawn.fetch_add(1, Ordering::Relaxed);
                    let block = Sha256::digest([seed.to_be_bytes(), number.to_be_bytes()].concat());
                    chunk.copy_from_slice(&block[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// A new id: UUIDv7 text (RFC 9562 §5.7).
    pub fn id(&self) -> String {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_outside_repeats_itself_and_never_a_value() {
        let at: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let (one, two) = (Outside::fixed(at, 7), Outside::fixed(at, 7));
        let first: [u8; 40] = one.bytes();
        assert_eq!(first, two.bytes());
        assert_ne!(first, one.bytes());
        assert_ne!(one.id(), one.id());
        assert_ne!(Outside::fixed(at, 8).bytes::<40>(), first);
    }
}
