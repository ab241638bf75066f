//! A model of sessions and their tokens, driven beside a store. It keeps every token that there ever
//! was and looks back at them, where a store keeps two digests and a salt.

use jiff::{SignedDuration, Timestamp};

use super::sessions::{FAMILY, RETRY, draft, listed, salt, token};
use super::{THEN, answered, inserted};
use crate::store::{FirstRefresh, NewSession, Rotated, Rotation, Session, Store};
use crate::user::UserId;

/// What may happen. Sessions and users are named by any number, and are then one of those there are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// A login; its idle and its absolute lifetime in seconds.
    Begin { user: u8, idle: u16, end: u16 },
    /// The token that is so many turns old; 0 is the present one.
    Use { session: u8, age: u8 },
    /// A token that was never issued: of its family, or of another.
    Feign { session: u8, of_family: bool },
    /// A sign-out.
    End { session: u8 },
    /// A sign-out everywhere.
    EndAll { user: u8 },
    /// The user is deleted, and another takes its place.
    DeleteUser { user: u8 },
    /// What is over, and what is too old to be retried, is removed.
    Sweep,
    /// The clock jumps, in milliseconds.
    Clock { jump: i32 },
}

/// One session and all tokens that it ever had.
struct Line {
    session: Session,
    /// When each token but the last was spent, and whether the salt of that rotation is still there.
    spent: Vec<(Timestamp, bool)>,
    /// The numbers of its tokens, the present one last.
    tokens: Vec<u64>,
}

impl Line {
    /// What must become of the token `presented`, and what then is.
    fn turn(&mut self, presented: Option<u64>, successor: u64, now: Timestamp) -> Rotated {
        let position = self
            .tokens
            .iter()
            .position(|token| Some(*token) == presented);
        let age = position.map(|position| self.tokens.len() - 1 - position);
        match (age, self.spent.last()) {
            (Some(0), _) => {
                self.spent.push((now, true));
                self.tokens.push(successor);
                self.session.last_used_at = now;
                self.session.idle_until = idle_until(now);
                Rotated::Rotated
            }
            (Some(1), Some((at, true))) if *at > now + RETRY => Rotated::Unknown,
            (Some(1), Some((at, true))) if *at >= now - RETRY => {
                Rotated::Retried(salt(self.tokens.last().copied().unwrap_or_default()))
            }
            _ => Rotated::Replayed,
        }
    }
}

fn idle_until(now: Timestamp) -> Timestamp {
    whole(now) + SignedDuration::from_secs(40)
}

/// The model, and the store that must agree with it.
struct Pair<'a, S> {
    store: &'a S,
    now: Timestamp,
    users: Vec<UserId>,
    lines: Vec<Line>,
    /// Every session that there ever was.
    begun: Vec<String>,
    /// The number of the last token.
    last: u64,
    /// What became of every use of a token.
    answers: Vec<Rotated>,
    /// Told when both differ.
    taken: Vec<Step>,
}

/// Takes the steps, one by one, and compares after each. Answers what became of every use of a token.
pub(super) async fn agrees(
    store: &impl Store,
    steps: impl IntoIterator<Item = Step>,
) -> Vec<Rotated> {
    let mut pair = Pair {
        store,
        now: THEN,
        users: Vec::new(),
        lines: Vec::new(),
        begun: Vec::new(),
        last: 0,
        answers: Vec::new(),
        taken: Vec::new(),
    };
    for name in ["user0", "user1"] {
        pair.users.push(inserted(store, name).await);
    }
    for step in steps {
        pair.taken.push(step);
        pair.take(step).await;
        pair.compare().await;
    }
    pair.answers
}

impl<S: Store> Pair<'_, S> {
    async fn take(&mut self, step: Step) {
        match step {
            Step::Begin { user, idle, end } => self.begin(user, idle, end).await,
            Step::Use { session, age } => {
                let Some(line) = pick(&self.lines, session) else {
                    return;
                };
                let age = usize::from(age) % line.tokens.len().max(1);
                let presented = line.tokens.iter().rev().nth(age).copied();
                self.turn(session, presented, true).await;
            }
            Step::Feign { session, of_family } => {
                self.turn(session, None, of_family).await;
            }
            Step::End { session } => {
                let id = pick(&self.begun, session).cloned().unwrap_or_default();
                let before = self.lines.len();
                self.lines.retain(|line| line.session.id != id);
                let was_there = answered(self.store.delete_session(&id).await);
                assert_eq!(was_there, self.lines.len() < before, "{:?}", self.taken);
            }
            Step::EndAll { user } => {
                let Some(user) = pick(&self.users, user).cloned() else {
                    return;
                };
                let before = self.lines.len();
                self.lines
                    .retain(|line| line.session.user.as_ref() != Some(&user));
                let ended = answered(self.store.delete_sessions(&user).await);
                assert_eq!(
                    ended,
                    (before - self.lines.len()) as u64,
                    "{:?}",
                    self.taken
                );
            }
            Step::DeleteUser { user } => self.replace(user).await,
            Step::Sweep => self.sweep().await,
            Step::Clock { jump } => self.now += SignedDuration::from_millis(jump.into()),
        }
    }

    async fn begin(&mut self, user: u8, idle: u16, end: u16) {
        let Some(user) = pick(&self.users, user) else {
            return;
        };
        self.last += 1;
        let new = NewSession {
            refresh: Some(FirstRefresh {
                family: FAMILY,
                token: token(self.last),
            }),
            created_at: self.now,
            idle_until: whole(self.now) + SignedDuration::from_secs(idle.into()),
            ends_at: whole(self.now) + SignedDuration::from_secs(end.into()),
            ..draft(user)
        };
        self.begun.push(new.id.clone());
        self.lines.push(Line {
            session: new.to_session(),
            spent: Vec::new(),
            tokens: vec![self.last],
        });
        answered(self.store.insert_session(new).await);
    }

    /// Presents a token, or one that was never issued.
    async fn turn(&mut self, session: u8, presented: Option<u64>, of_family: bool) {
        let count = self.lines.len().max(1);
        let Some(line) = self.lines.get_mut(usize::from(session) % count) else {
            return;
        };
        self.last += 1;
        let rotation = Rotation {
            session: line.session.id.clone(),
            family: if of_family { FAMILY } else { token(0) },
            presented: token(presented.unwrap_or(u64::MAX)),
            successor: token(self.last),
            salt: salt(self.last),
            now: self.now,
            idle_until: idle_until(self.now),
            retry_since: self.now - RETRY,
        };
        let is_over = line.session.is_over(self.now);
        let expected = if is_over || !of_family {
            Rotated::Unknown
        } else {
            line.turn(presented, self.last, self.now)
        };
        if expected == Rotated::Replayed {
            let ended = line.session.id.clone();
            self.lines.retain(|line| line.session.id != ended);
        }
        let rotated = answered(self.store.rotate_session(rotation).await);
        assert_eq!(rotated, expected, "{:?}", self.taken);
        self.answers.push(rotated);
    }

    async fn replace(&mut self, user: u8) {
        let count = self.users.len().max(1);
        let position = usize::from(user) % count;
        let Some(id) = self.users.get_mut(position) else {
            return;
        };
        self.lines
            .retain(|line| line.session.user.as_ref() != Some(id));
        assert!(
            answered(self.store.delete_user(id, None).await),
            "it was there"
        );
        *id = inserted(self.store, &format!("user{position}")).await;
    }

    async fn sweep(&mut self) {
        let (now, since) = (self.now, self.now - RETRY);
        self.lines.retain(|line| !line.session.is_over(now));
        for line in &mut self.lines {
            for (at, has_salt) in &mut line.spent {
                *has_salt &= *at >= since;
            }
        }
        answered(self.store.sweep_sessions(now, since).await);
    }

    async fn compare(&self) {
        for id in &self.begun {
            let expected = self.lines.iter().find(|line| line.session.id == *id);
            let expected = expected.map(|line| to_the_second(line.session.clone()));
            let found = answered(self.store.find_session(id).await);
            assert_eq!(found.map(to_the_second), expected, "{:?}", self.taken);
        }
        for user in &self.users {
            let mut listed = listed(self.store, user).await;
            listed.sort();
            let mut expected = Vec::new();
            for line in self
                .lines
                .iter()
                .filter(|line| line.session.user.as_ref() == Some(user))
            {
                expected.push(line.session.id.clone());
            }
            expected.sort();
            assert_eq!(listed, expected, "{:?}", self.taken);
        }
    }
}

fn pick<T>(of: &[T], number: u8) -> Option<&T> {
    of.get(usize::from(number) % of.len().max(1))
}

/// Times are kept to the second at least, so no more is compared.
fn to_the_second(session: Session) -> Session {
    Session {
        created_at: whole(session.created_at),
        last_used_at: whole(session.last_used_at),
        idle_until: whole(session.idle_until),
        ..session
    }
}

fn whole(time: Timestamp) -> Timestamp {
    answered(Timestamp::from_second(time.as_second()))
}

/// Steps that are the same each time: for every database at its own speed.
pub(super) async fn it_agrees_with_the_model(store: &impl Store) {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    // Xorshift (Marsaglia 2003): all that is asked of it is variety.
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    let answers = agrees(store, (0..300).map(|_| step_of(next()))).await;
    let count = |is: fn(&Rotated) -> bool| answers.iter().filter(|answer| is(answer)).count();
    let counts = [
        count(|answer| matches!(answer, Rotated::Rotated)),
        count(|answer| matches!(answer, Rotated::Retried(_))),
        count(|answer| matches!(answer, Rotated::Replayed)),
        count(|answer| matches!(answer, Rotated::Unknown)),
    ];
    let met = counts.iter().all(|count| *count >= 5);
    assert!(met, "the steps must meet every answer: {counts:?}");
}

/// A step that these bytes choose, all kinds as often as they matter.
fn step_of([kind, a, b, c, ..]: [u8; 8]) -> Step {
    match kind % 16 {
        0..=1 => Step::Begin {
            user: a,
            idle: u16::from(b) / 2,
            end: u16::from(c) * 2,
        },
        2..=4 => Step::Use { session: a, age: 0 },
        5..=6 => Step::Use { session: a, age: 1 },
        7 => Step::Use { session: a, age: b },
        8 => Step::Feign {
            session: a,
            of_family: b % 4 == 0,
        },
        9 => Step::End { session: a },
        10 if b % 8 == 0 => Step::EndAll { user: a },
        10 if b % 8 == 1 => Step::DeleteUser { user: a },
        10 | 11 => Step::Sweep,
        // Mostly some seconds on, at times far, at times back.
        _ => Step::Clock {
            jump: match b % 8 {
                0 => -60 * i32::from(c),
                1 => 600 * i32::from(c),
                _ => 50 * i32::from(c),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn memory_agrees_with_the_model(
            steps in prop::collection::vec(any::<[u8; 8]>().prop_map(step_of), 1..80),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(agrees(&MemoryStore::new(), steps));
        }
    }
}
