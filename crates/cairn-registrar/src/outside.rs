//! What lies outside: the only clock and the only source of randomness.
#![allow(clippy::disallowed_methods)] // the one place that may ask; clippy.toml sends everybody here

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// The clock and the entropy that acts are given.
#[derive(Debug)]
pub struct Outside {
    source: Source,
}

#[derive(Debug)]
enum Source {
    System,
    /// For tests and for samples that must come out the same each time.
    Fixed {
        now: Mutex<Timestamp>,
        counter: AtomicU64,
        seed: u64,
    },
}

impl Outside {
    /// The real ones.
    pub fn system() -> Outside {
        Outside { source: Source::System }
    }

    /// A clock that stands still and bytes that repeat. Never for keys that matter.
    pub fn fixed(now: Timestamp, seed: u64) -> Outside {
        Outside { source: Source::Fixed { now: Mutex::new(now), counter: AtomicU64::new(0), seed } }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.source {
            Source::System => Timestamp::now(),
            Source::Fixed { now, .. } => *now.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// `N` unpredictable bytes (predictable ones when fixed).
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.source {
            Source::System => getrandom::fill(&mut bytes).expect("the system has a source of randomness"),
            Source::Fixed { counter, seed, .. } => {
                for chunk in bytes.chunks_mut(8) {
                    let n = counter.fetch_add(1, Ordering::Relaxed);
                    chunk.copy_from_slice(&splitmix(seed.wrapping_add(n)).to_le_bytes()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// A new id: UUIDv7 text, so that ids sort by time.
    pub fn id(&self) -> String {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        let uuid: Uuid = Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid();
        uuid.to_string()
    }
}

/// Steele, Lea and Flood's SplitMix64: one step from a counter.
fn splitmix(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
