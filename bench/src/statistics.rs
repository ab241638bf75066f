//! Medians and percentiles.

use std::time::Duration;

use serde::Serialize;

/// The middle and the ends of several measurements of one thing.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Of no values at all, every member is not a number.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self {
            median: median_of_sorted(&values),
            min: values.first().copied().unwrap_or(f64::NAN),
            max: values.last().copied().unwrap_or(f64::NAN),
        }
    }
}

/// The middle value, or the mean of the middle two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    Spread::of(values).median
}

fn median_of_sorted(values: &[f64]) -> f64 {
    let upper = values.get(values.len() / 2).copied().unwrap_or(f64::NAN);
    if values.len().is_multiple_of(2) {
        let lower = values.get((values.len() / 2).wrapping_sub(1));
        f64::midpoint(lower.copied().unwrap_or(f64::NAN), upper)
    } else {
        upper
    }
}

/// The smallest of the sorted values that `percent` of them do not exceed
/// (nearest rank). Zero when there are none.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

/// Events per second.
pub(crate) fn rate(events: usize, elapsed: Duration) -> f64 {
    // A slice that counted four thousand million events does not exist.
    f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / elapsed.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_middle_two() {
        let odd = Spread::of([3.0, 1.0, 2.0]);
        assert_eq!(
            odd,
            Spread {
                median: 2.0,
                min: 1.0,
                max: 3.0
            }
        );
        let even = Spread::of([4.0, 1.0, 2.0, 10.0]);
        assert_eq!(
            even,
            Spread {
                median: 3.0,
                min: 1.0,
                max: 10.0
            }
        );
        assert!((median([7.5]) - 7.5).abs() < f64::EPSILON);
        assert!(median([]).is_nan());
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let values: Vec<Duration> = (1..=200).map(Duration::from_micros).collect();
        assert_eq!(percentile(&values, 50), Duration::from_micros(100));
        assert_eq!(percentile(&values, 99), Duration::from_micros(198));
        assert_eq!(percentile(&values, 100), Duration::from_micros(200));
        assert_eq!(percentile(&values[..1], 99), Duration::from_micros(1));
        assert_eq!(percentile(&values[..3], 99), Duration::from_micros(3));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn a_rate_is_per_second() {
        assert!((rate(300, Duration::from_millis(1500)) - 200.0).abs() < 1e-9);
    }
}
