//! The numbers of a public RSA key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Modulus and exponent, big-endian, without zeros in front.
pub(super) struct RsaNumbers<'a> {
    modulus: &'a [u8],
    exponent: &'a [u8],
}

impl<'a> RsaNumbers<'a> {
    /// RFC 7518 §3.3 asks for 2048 bits; more than 4096 only cost time, every request of a forger's too.
    const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
    /// The one that every program chooses: smaller ones helped forgers before (Bleichenbacher, 2006).
    const EXPONENT: &'static [u8] = &[1, 0, 1];

    /// Reads an `RSAPublicKey` (RFC 8017 §A.1.1), if its numbers are ones that we use.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let (numbers, rest) = element(0x30, der)?;
        let (modulus, after) = element(0x02, numbers)?;
        let (exponent, end) = element(0x02, after)?;
        let (modulus, exponent) = (positive(modulus)?, positive(exponent)?);
        let first = modulus.first()?;
        let bits = modulus.len() * 8 - usize::try_from(first.leading_zeros()).ok()?;
        let is_ours = rest.is_empty()
            && end.is_empty()
            && Self::BITS.contains(&bits)
            && exponent == Self::EXPONENT;
        is_ours.then_some(Self { modulus, exponent })
    }

    /// `n` and `e` of the JWK (RFC 7518 §6.3.1).
    pub(super) fn encoded(&self) -> (String, String) {
        (
            URL_SAFE_NO_PAD.encode(self.modulus),
            URL_SAFE_NO_PAD.encode(self.exponent),
        )
    }
}

/// The content of the first element, which has this tag, and what follows it. The lengths of DER:
/// one byte, or one that counts those that follow, of which an RSA key needs two at most.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = der.split_first_chunk()?;
    let (length, rest) = match (length, rest) {
        (0..=0x7f, rest) => (usize::from(length), rest),
        (0x81, [length @ (0x80..), rest @ ..]) => (usize::from(*length), rest),
        (0x82, [high @ (1..), low, rest @ ..]) => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return None,
    };
    if found != tag {
        return None;
    }
    rest.split_at_checked(length)
}

/// A positive INTEGER: a zero stands in front where the next bit is set, and nowhere else.
fn positive(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [0, (0x80..), ..] => integer.get(1..),
        [(1..=0x7f), ..] => Some(integer),
        _ => None,
    }
}

#[cfg(test)]
#[path = "rsa_tests.rs"]
mod tests;
