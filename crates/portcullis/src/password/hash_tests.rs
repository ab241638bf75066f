use super::*;

impl Hasher {
    /// How many blocks of the kept memory a hash has written to: the trace of work that was done.
    pub(crate) fn filled_blocks(&self) -> usize {
        let was_written = |block: &&Block| block.as_ref().iter().any(|word| *word != 0);
        self.memory.iter().filter(was_written).count()
    }
}

fn hasher() -> Hasher {
    Hasher::new(Argon2Parameters::default()).unwrap()
}

fn verify(password: &str, stored: &str) -> Verdict {
    hasher().verify(&Password::new(password), &PasswordHash::from_store(stored))
}

#[test]
fn a_hash_verifies_and_two_of_one_password_differ() {
    let mut hasher = hasher();
    let password = Password::new("correct horse battery staple");
    let first = hasher.hash(&password).unwrap();
    let second = hasher.hash(&password).unwrap();
    assert!(
        first
            .as_str()
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    assert_ne!(first.as_str(), second.as_str());
    assert_eq!(
        hasher.verify(&password, &first),
        Verdict::Right { outdated: false }
    );
    assert_eq!(
        hasher.verify(&Password::new("correct horse battery stapl"), &first),
        Verdict::Wrong
    );
}

#[test]
fn nfc_matches_and_nfkc_does_not() {
    let mut hasher = hasher();
    let stored = hasher.hash(&Password::new("caf\u{e9} au lait ℌ")).unwrap();
    let same = Password::new("cafe\u{301} au lait ℌ");
    let other = Password::new("caf\u{e9} au lait H");
    assert_eq!(
        hasher.verify(&same, &stored),
        Verdict::Right { outdated: false }
    );
    assert_eq!(hasher.verify(&other, &stored), Verdict::Wrong);
}

/// Hashes of `swordfish` made by other libraries (Python's bcrypt and argon2-cffi).
#[test]
fn foreign_hashes_verify_and_are_outdated() {
    let known = include_str!("foreign_hashes.txt");
    let mut seen = 0;
    for stored in known.lines().filter(|line| line.starts_with('$')) {
        assert_eq!(
            verify("swordfish", stored),
            Verdict::Right { outdated: true },
            "{stored}"
        );
        assert_eq!(verify("Swordfish", stored), Verdict::Wrong, "{stored}");
        seen += 1;
    }
    assert!(seen >= 9, "only {seen} hashes in the file");
}

#[test]
fn a_foreign_hash_of_an_unnormalised_password_matches_as_sent() {
    let as_sent = "cafe\u{301}";
    let stored = bcrypt::hash(as_sent, 4).unwrap();
    assert_eq!(verify(as_sent, &stored), Verdict::Right { outdated: true });
}

#[test]
fn bcrypt_reads_72_bytes_and_what_fills_them_is_not_rehashed() {
    let long = "x".repeat(80);
    let stored = bcrypt::hash(&long, 4).unwrap();
    for typed in [&long[..], &long[..72]] {
        assert_eq!(verify(typed, &stored), Verdict::Right { outdated: false });
    }
    assert_eq!(verify(&long[..71], &stored), Verdict::Wrong);
    let short = bcrypt::hash(&long[..71], 4).unwrap();
    assert_eq!(
        verify(&long[..71], &short),
        Verdict::Right { outdated: true }
    );
}

#[test]
fn bcrypt_takes_no_repetition_for_the_password() {
    let stored = bcrypt::hash("swordfish", 4).unwrap();
    for typed in ["swordfish\0", "swordfish\0swordfish", "\0swordfish"] {
        assert_eq!(verify(typed, &stored), Verdict::Wrong, "{typed:?}");
    }
}

#[test]
fn malformed_and_absurd_hashes_are_unusable() {
    let right = hasher().hash(&Password::new("swordfish")).unwrap();
    let mut corpus: Vec<String> = [
        "", "$", "$$$", "swordfish", "!", "*", "pbkdf2:sha256:1$a$b", "fakehashedsecret",
        "$argon2", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2x$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=4194304,t=1000,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=131073,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=65536,t=4294967295,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=16777215$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=18$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAA",
        "$2b$", "$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$2b$15$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$2b$03$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$2x$04$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$2b$+4$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$2b$04$short", "$2b$04$ääääääääääääääääääääääääääääääääääääääääääääääääääääää",
    ]
    .map(String::from)
    .to_vec();
    // Every prefix of a good hash, but those that only lose bits the encoding carries in full.
    corpus.extend((0..right.as_str().len() - 1).map(|end| right.as_str()[..end].to_owned()));
    for stored in corpus {
        assert_ne!(
            std::mem::discriminant(&verify("swordfish", &stored)),
            std::mem::discriminant(&Verdict::Right { outdated: true }),
            "{stored:?}"
        );
    }
}

#[test]
fn larger_foreign_parameters_do_not_keep_their_memory() {
    let foreign = Argon2Parameters {
        memory_kib: 32 * 1024,
        passes: 1,
        lanes: 1,
    };
    let stored = Hasher::new(foreign)
        .unwrap()
        .hash(&Password::new("swordfish"))
        .unwrap();
    let mut hasher = hasher();
    assert_eq!(
        hasher.verify(&Password::new("swordfish"), &stored),
        Verdict::Right { outdated: true }
    );
    assert_eq!(hasher.memory.len(), 19 * 1024);
    hasher.release();
    assert_eq!(hasher.memory.capacity(), 0);
}

/// An unknown name must cost what a known one does: the same memory, filled by the same function.
#[test]
fn comparing_with_nothing_does_the_work_of_comparing() {
    let mut hasher = hasher();
    let password = Password::new("swordfish");
    let stored = hasher.hash(&password).unwrap();
    hasher.release();
    assert_eq!(hasher.filled_blocks(), 0);
    assert_eq!(
        hasher.verify(&Password::new("wrong"), &stored),
        Verdict::Wrong
    );
    let by_comparing = hasher.filled_blocks();
    assert_eq!(by_comparing, 19 * 1024);
    hasher.release();
    hasher.verify_nothing(&Password::new("wrong")).unwrap();
    assert_eq!(hasher.filled_blocks(), by_comparing);
}
