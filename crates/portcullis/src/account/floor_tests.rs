use super::*;

const PRESENT: Argon2Parameters = Argon2Parameters {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};
const NEW: HashCost = HashCost::Argon2 {
    algorithm: argon2::Algorithm::Argon2id,
    version: argon2::Version::V0x13,
    parameters: PRESENT,
};
const SLOW: HashCost = HashCost::Bcrypt(12);
const QUICK: HashCost = HashCost::Bcrypt(4);
const SECOND: Duration = Duration::from_secs(1);

fn milliseconds(number: u64) -> Duration {
    Duration::from_millis(number)
}

#[test]
fn without_foreign_hashes_nothing_waits_and_nothing_is_timed() {
    let (costs, now) = (KnownCosts::new(PRESENT), Instant::now());
    assert_eq!(costs.refresh(&[], now), []);
    assert_eq!(costs.refresh(&[NEW], now), []);
    costs.measured(NEW, milliseconds(40), now);
    assert_eq!(costs.refresh(&[NEW], now + SECOND), []);
    assert_eq!(costs.floor(), None);
}

#[test]
fn a_foreign_cost_is_timed_once_and_the_slowest_is_the_floor() {
    let (costs, now) = (KnownCosts::new(PRESENT), Instant::now());
    assert_eq!(costs.refresh(&[NEW, SLOW], now), [NEW, SLOW]);
    costs.measured(NEW, milliseconds(40), now);
    costs.measured(SLOW, milliseconds(400), now);
    assert_eq!(costs.floor(), Some(milliseconds(500)));
    assert_eq!(costs.refresh(&[NEW, SLOW], now + SECOND), []);
    assert_eq!(costs.floor(), Some(milliseconds(500)));
    let later = now + KnownCosts::STALE;
    assert_eq!(
        costs.refresh(&[SLOW], later),
        [SLOW, NEW],
        "anew after a while"
    );
}

/// A hash that is quicker than the present ones would show, too.
#[test]
fn where_foreign_hashes_are_quicker_the_present_one_is_the_floor() {
    let (costs, now) = (KnownCosts::new(PRESENT), Instant::now());
    assert_eq!(costs.refresh(&[QUICK], now), [QUICK, NEW]);
    costs.measured(QUICK, milliseconds(2), now);
    costs.measured(NEW, milliseconds(40), now);
    assert_eq!(costs.floor(), Some(milliseconds(50)));
}

#[test]
fn the_floor_goes_with_the_last_foreign_hash() {
    let (costs, now) = (KnownCosts::new(PRESENT), Instant::now());
    costs.measured(SLOW, milliseconds(400), now);
    costs.measured(NEW, milliseconds(40), now);
    assert!(costs.floor().is_some());
    assert_eq!(costs.refresh(&[NEW], now), []);
    assert_eq!(costs.floor(), None);
}

/// A store that lists nothing: what logins showed counts for an hour.
#[test]
fn what_was_seen_in_use_is_kept_for_a_while() {
    let (costs, now) = (KnownCosts::new(PRESENT), Instant::now());
    costs.measured(SLOW, milliseconds(400), now);
    let later = now + KnownCosts::STALE;
    assert_eq!(costs.refresh(&[], later), [SLOW, NEW]);
    assert!(costs.floor().is_some());
    assert_eq!(costs.refresh(&[], now + KnownCosts::KEPT), []);
    assert_eq!(costs.floor(), None);
}

#[test]
fn a_slow_moment_raises_the_floor_at_once_and_is_forgotten() {
    let (costs, mut now) = (KnownCosts::new(PRESENT), Instant::now());
    let takes = |time: u64| milliseconds(time) * 5 / 4;
    costs.measured(SLOW, milliseconds(100), now);
    costs.measured(SLOW, milliseconds(900), now);
    assert_eq!(costs.floor(), Some(takes(900)));
    costs.measured(SLOW, milliseconds(100), now);
    assert_eq!(costs.floor(), Some(takes(900)), "not yet");
    costs.refresh(&[SLOW], now);
    for expected in [500, 300, 200, 150, 125] {
        assert_eq!(
            costs.refresh(&[SLOW], now),
            [NEW],
            "not of another use's making"
        );
        costs.measured(SLOW, milliseconds(100), now);
        now += SECOND;
        costs.refresh(&[SLOW], now);
        assert_eq!(costs.floor(), Some(takes(expected)));
    }
    costs.measured(SLOW, SECOND * 60, now);
    assert_eq!(
        costs.floor(),
        Some(KnownCosts::MOST * 5 / 4),
        "a machine that slept"
    );
}

#[test]
fn there_is_an_end_to_what_is_timed() {
    let (costs, now) = (KnownCosts::new(PRESENT), Instant::now());
    let many: Vec<_> = (64..1_064)
        .map(|memory_kib| {
            HashCost::of_new(Argon2Parameters {
                memory_kib,
                ..PRESENT
            })
        })
        .collect();
    assert_eq!(costs.refresh(&many, now).len(), KnownCosts::MOST_COSTS);
    for cost in &many {
        costs.measured(*cost, SECOND, now);
    }
    assert_eq!(costs.lock().len(), KnownCosts::MOST_COSTS);
}
