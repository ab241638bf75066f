//! Whether two sorts of request can be told apart by their times, and by how much they differ.
//!
//! Two tests without assumptions about how times are spread: Wilcoxon's signed ranks of the differences
//! within pairs, which sees that one sort takes longer, and Kolmogorov and Smirnov's, which sees any
//! difference of the two spreads. The size of the difference is Hodges and Lehmann's estimate with its
//! confidence interval, which does not care about outliers.

/// Below this, times are told apart. Each path is tested twice, so that a run over five paths raises a
/// false alarm less than once in a hundred.
pub(crate) const ALPHA: f64 = 0.001;
/// Of the normal distribution, for an interval of 99 %.
const Z_99: f64 = 2.575_829;

/// Times of one pair, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) known: f64,
    pub(crate) unknown: f64,
}

/// What the tests say.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Verdict {
    /// By how many microseconds the known one takes longer, and the ends of the interval of 99 %.
    pub(crate) difference: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// How probable such ranks are where there is no difference.
    pub(crate) wilcoxon: f64,
    /// How probable such spreads are where there is no difference.
    pub(crate) kolmogorov_smirnov: f64,
}

impl Verdict {
    pub(crate) fn of(pairs: &[Pair]) -> Self {
        let differences: Vec<f64> = pairs.iter().map(|pair| pair.known - pair.unknown).collect();
        let (low, difference, high) = hodges_lehmann(&differences);
        let known = pairs.iter().map(|pair| pair.known).collect();
        let unknown = pairs.iter().map(|pair| pair.unknown).collect();
        Self {
            difference,
            low,
            high,
            wilcoxon: wilcoxon(&differences),
            kolmogorov_smirnov: kolmogorov_smirnov(known, unknown),
        }
    }

    pub(crate) fn is_told_apart(&self) -> bool {
        self.wilcoxon < ALPHA || self.kolmogorov_smirnov < ALPHA
    }
}

fn count(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

/// The variance of the sum of signed ranks.
fn variance(n: f64) -> f64 {
    n * (n + 1.0) * (2.0 * n + 1.0) / 24.0
}

/// The two-sided probability, by the normal approximation; ties share their rank.
fn wilcoxon(differences: &[f64]) -> f64 {
    let mut ranked: Vec<f64> = differences.to_vec();
    ranked.retain(|difference| *difference != 0.0);
    ranked.sort_by(|one, other| one.abs().total_cmp(&other.abs()));
    let n = count(ranked.len());
    if n == 0.0 {
        return 1.0;
    }
    let (mut positive, mut ties, mut before) = (0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|one, other| one.abs().total_cmp(&other.abs()).is_eq()) {
        let size = count(tied.len());
        let rank = before + f64::midpoint(1.0, size);
        positive += rank * count(tied.iter().filter(|difference| **difference > 0.0).count());
        ties += size.powi(3) - size;
        before += size;
    }
    let deviation = (variance(n) - ties / 48.0).sqrt();
    let away = ((positive - n * (n + 1.0) / 4.0).abs() - 0.5).max(0.0);
    if deviation == 0.0 {
        return 1.0;
    }
    two_sided(away / deviation)
}

/// The middle of all averages of two differences, between the ends of the interval that belongs to
/// Wilcoxon's test.
fn hodges_lehmann(differences: &[f64]) -> (f64, f64, f64) {
    let mut averages = Vec::with_capacity(differences.len() * (differences.len() + 1) / 2);
    for (place, one) in differences.iter().enumerate() {
        let others = differences.iter().skip(place);
        averages.extend(others.map(|other| f64::midpoint(*one, *other)));
    }
    averages.sort_by(f64::total_cmp);
    let (n, m) = (count(differences.len()), count(averages.len()));
    let off = (m / 2.0 - Z_99 * variance(n).sqrt()).max(0.0);
    let ranks = averages.iter().zip(1_u32..);
    let outside = ranks
        .take_while(|(_, rank)| f64::from(*rank) <= off)
        .count();
    let last = averages.len().saturating_sub(1);
    let at = |place: usize| averages.get(place).copied().unwrap_or(f64::NAN);
    (
        at(outside),
        crate::statistics::median(averages.iter().copied()),
        at(last.saturating_sub(outside)),
    )
}

/// The two-sided probability of the largest distance, by the asymptotic series.
fn kolmogorov_smirnov(mut one: Vec<f64>, mut other: Vec<f64>) -> f64 {
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    let (n, m) = (count(one.len()), count(other.len()));
    let below = |sorted: &[f64], value: f64| {
        count(sorted.partition_point(|time| *time <= value)) / count(sorted.len())
    };
    let values = one.iter().chain(&other);
    let distance = values
        .map(|value| (below(&one, *value) - below(&other, *value)).abs())
        .fold(0.0, f64::max);
    let root = (n * m / (n + m)).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    if lambda < 0.3 {
        return 1.0;
    }
    let (mut sum, mut sign) = (0.0, 1.0);
    for k in 1..=100 {
        sum += sign * (-2.0 * (f64::from(k) * lambda).powi(2)).exp();
        sign = -sign;
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

/// How probable it is to be that many deviations off, to either side.
fn two_sided(deviations: f64) -> f64 {
    // Abramowitz and Stegun 7.1.26 is good to 1.5e-7, which is enough to compare with ALPHA.
    let x = deviations / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let factors = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let polynomial = factors.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    (polynomial * (-x * x).exp()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform numbers from 0 to 1, the same each time.
    fn numbers(seed: u64) -> impl Iterator<Item = f64> {
        let mut state = seed;
        std::iter::repeat_with(move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(state >> 33).unwrap()) / 2_147_483_648.0
        })
    }

    fn pairs(shift: f64) -> Vec<Pair> {
        let (known, unknown) = (numbers(1), numbers(2));
        let both = known.zip(unknown).take(1_000);
        both.map(|(known, unknown)| Pair {
            known: 1_000.0 + 100.0 * known + shift,
            unknown: 1_000.0 + 100.0 * unknown,
        })
        .collect()
    }

    #[test]
    fn what_is_equal_is_not_told_apart() {
        let verdict = Verdict::of(&pairs(0.0));
        assert!(!verdict.is_told_apart(), "{verdict:?}");
        assert!(verdict.low < 0.0 && 0.0 < verdict.high, "{verdict:?}");
    }

    #[test]
    fn a_shift_is_told_apart_and_measured() {
        for shift in [10.0, -10.0, 100.0] {
            let verdict = Verdict::of(&pairs(shift));
            assert!(verdict.is_told_apart(), "{verdict:?}");
            assert!(verdict.low < shift && shift < verdict.high, "{verdict:?}");
        }
    }

    /// The same middle, another spread: what ranks of differences cannot see.
    #[test]
    fn another_spread_is_told_apart() {
        let mut pairs = pairs(0.0);
        for pair in &mut pairs {
            pair.known = 1_050.0 + (pair.known - 1_050.0) / 2.0;
        }
        let verdict = Verdict::of(&pairs);
        assert!(verdict.kolmogorov_smirnov < ALPHA, "{verdict:?}");
    }

    #[test]
    fn probabilities_are_those_of_the_tables() {
        assert!((two_sided(1.959_964) - 0.05).abs() < 1e-5);
        assert!((two_sided(3.290_527) - 0.001).abs() < 1e-5);
        assert!((two_sided(0.0) - 1.0).abs() < 1e-5);
        // Of eight positive differences, scipy says 0.0078 exactly, 0.0143 by the approximation.
        let all: Vec<f64> = (1..=8).map(f64::from).collect();
        assert!(
            (wilcoxon(&all) - 0.014_3).abs() < 5e-4,
            "{}",
            wilcoxon(&all)
        );
    }
}
