//! A list of stolen passwords elsewhere, asked with five digits (ASVS 6.2.12).

use std::future::pending;
use std::sync::{Arc, Mutex};

use portcullis::account::{BreachedPasswords, PasswordRules, RangeAnswer, RangeUnavailable};
use portcullis::password::{HashPrefix, PasswordContext, PasswordRefused};
use portcullis::secret::Password;
use tokio::time::Instant;

const CHOSEN: &str = "twelve yellow umbrellas";

enum Behaviour {
    Answers(String),
    Fails,
    Hangs,
}

/// A list that remembers what it was asked.
struct List {
    behaviour: Behaviour,
    asked: Mutex<Vec<String>>,
}

impl List {
    fn that(behaviour: Behaviour) -> (Arc<Self>, PasswordRules) {
        let asked = Mutex::default();
        let list = Arc::new(Self { behaviour, asked });
        let rules = PasswordRules::default().asking(list.clone());
        (list, rules)
    }
}

impl BreachedPasswords for List {
    fn range<'a>(&'a self, prefix: &'a HashPrefix) -> RangeAnswer<'a> {
        self.asked.lock().unwrap().push(prefix.as_str().to_owned());
        Box::pin(async {
            match &self.behaviour {
                Behaviour::Answers(answer) => Ok(answer.clone()),
                Behaviour::Fails => Err(RangeUnavailable::new("status 500")),
                Behaviour::Hangs => pending().await,
            }
        })
    }
}

async fn admit(rules: &PasswordRules, text: &str) -> Result<(), PasswordRefused> {
    let context = PasswordContext::of("johndoe");
    rules.admit(&Password::new(text), &context).await
}

fn sha1(text: &str) -> String {
    use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
    use std::fmt::Write;
    let mut digits = String::new();
    for byte in digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref() {
        write!(digits, "{byte:02X}").unwrap();
    }
    digits
}

#[tokio::test]
async fn what_is_listed_there_is_refused_and_five_digits_are_all_that_is_told() {
    let hash = sha1(CHOSEN);
    let other = "0018A45C4D1DEF81644B54AB7F969B88D65:9";
    for answer in [
        format!("{other}\r\n{}:3\r\n", &hash[5..]),
        format!("{}:12\n{other}", hash[5..].to_lowercase()),
    ] {
        let (list, rules) = List::that(Behaviour::Answers(answer));
        let refused = admit(&rules, CHOSEN).await.unwrap_err();
        assert_eq!(refused, PasswordRefused::Breached);
        assert_eq!(refused.reason(), "password_known");
        assert!(refused.to_string().contains("stolen"), "{refused}");
        assert_eq!(*list.asked.lock().unwrap(), [&hash[..5]]);
        assert_eq!(rules.unanswered(), 0);
    }
}

#[tokio::test]
async fn padding_and_other_passwords_do_not_count() {
    let hash = sha1(CHOSEN);
    for answer in [
        String::new(),
        format!("{}:0\r\n", &hash[5..]),
        "0018A45C4D1DEF81644B54AB7F969B88D65:9\r\n\r\n".to_owned(),
    ] {
        let (_, rules) = List::that(Behaviour::Answers(answer));
        assert_eq!(admit(&rules, CHOSEN).await, Ok(()));
        assert_eq!(rules.unanswered(), 0);
    }
}

/// One spelling of one password is one question.
#[tokio::test]
async fn it_is_asked_about_the_nfc_form() {
    let (list, rules) = List::that(Behaviour::Answers(String::new()));
    admit(&rules, "un caf\u{e9} bien trop long").await.unwrap();
    admit(&rules, "un cafe\u{301} bien trop long")
        .await
        .unwrap();
    let asked = list.asked.lock().unwrap().clone();
    let prefix = sha1("un caf\u{e9} bien trop long")[..5].to_owned();
    assert_eq!(asked, [prefix.clone(), prefix]);
}

#[tokio::test]
async fn it_is_not_asked_about_what_is_refused_already() {
    let (list, rules) = List::that(Behaviour::Fails);
    for text in ["passwordpassword", "short", "JohnDoe-JohnDoe-1970"] {
        admit(&rules, text).await.unwrap_err();
    }
    assert!(list.asked.lock().unwrap().is_empty());
}

/// The offline list alone decides then, and it is counted.
#[tokio::test(start_paused = true)]
async fn asvs_6_2_12_without_an_answer_the_list_inside_decides() {
    for behaviour in [
        Behaviour::Fails,
        Behaviour::Hangs,
        Behaviour::Answers("<html>Please sign in</html>".to_owned()),
        Behaviour::Answers(format!("{}:3", sha1(CHOSEN))), // forty digits
        Behaviour::Answers(format!("{}:many", &sha1(CHOSEN)[5..])),
    ] {
        let (list, rules) = List::that(behaviour);
        let start = Instant::now();
        assert_eq!(admit(&rules, CHOSEN).await, Ok(()));
        assert!(
            start.elapsed().as_millis() <= 2_001,
            "{:?}",
            start.elapsed()
        );
        assert_eq!(list.asked.lock().unwrap().len(), 1);
        assert_eq!(rules.clone().unanswered(), 1);
        let refused = admit(&rules, "passwordpassword").await;
        assert_eq!(refused, Err(PasswordRefused::Known));
    }
}

/// Nothing that prints tells what was asked.
#[tokio::test]
async fn nothing_prints_the_question() {
    let (_, rules) = List::that(Behaviour::Fails);
    let question = portcullis::password::BreachQuestion::of(&Password::new(CHOSEN));
    let printed = format!("{rules:?} {question:?} {:?}", question.prefix());
    assert!(!printed.contains(&sha1(CHOSEN)[..5]), "{printed}");
}
