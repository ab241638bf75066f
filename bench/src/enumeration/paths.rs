//! The paths that must not tell, and what is asked on each about somebody and about nobody.

use clap::ValueEnum;

/// A path, by what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Asked {
    /// `POST /token` with a wrong password.
    Login,
    /// `POST /password-recovery` with an address.
    Recovery,
    /// `POST /email-verification`.
    Verification,
    /// `POST /users` with an address that somebody has verified, or nobody has.
    Registration,
    /// As `login`, while users have hashes of bcrypt, which are slower: theirs, and nobody's.
    SlowerHash,
}

impl Asked {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Recovery => "recovery",
            Self::Verification => "verification",
            Self::Registration => "registration",
            Self::SlowerHash => "login, bcrypt there",
        }
    }

    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Login | Self::SlowerHash => 400,
            Self::Recovery | Self::Verification => 202,
            Self::Registration => 201,
        }
    }

    /// Whether what was asked goes on after the answer, as a mail.
    pub(crate) const fn mails(self) -> bool {
        matches!(
            self,
            Self::Recovery | Self::Verification | Self::Registration
        )
    }

    /// The bytes of the request about this person.
    pub(crate) fn request(self, person: Person) -> Vec<u8> {
        let name = person.name();
        let (path, media_type, body) = match self {
            Self::Login | Self::SlowerHash => {
                let body = format!("grant_type=password&username={name}&password=wrong-password");
                ("/token", "application/x-www-form-urlencoded", body)
            }
            Self::Recovery => {
                let body = format!(r#"{{"email":"{name}@example.com"}}"#);
                ("/password-recovery", "application/json", body)
            }
            Self::Verification => {
                let body = format!(r#"{{"email":"{name}@example.com"}}"#);
                ("/email-verification", "application/json", body)
            }
            Self::Registration => {
                let applicant = person.applicant();
                let body = format!(
                    r#"{{"username":"{applicant}","password":"twelve yellow umbrellas","email":"{name}@example.com"}}"#
                );
                ("/users", "application/json", body)
            }
        };
        format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
             Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// Whom a request is about. All names are of one length.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Person {
    /// The user of this number.
    Known(u32),
    /// Nobody, measured.
    Unknown(u32),
    /// Nobody, between two that are measured.
    Between(u32),
}

impl Person {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Known(number) => format!("user{number:08}"),
            Self::Unknown(number) => format!("none{number:08}"),
            Self::Between(number) => format!("void{number:08}"),
        }
    }

    /// The name that is registered with the address.
    fn applicant(self) -> String {
        match self {
            Self::Known(number) => format!("newa{number:08}"),
            Self::Unknown(number) => format!("newb{number:08}"),
            Self::Between(number) => format!("newc{number:08}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_about_somebody_and_nobody_are_of_one_size() {
        for asked in Asked::value_variants() {
            let size = |person| asked.request(person).len();
            assert_eq!(size(Person::Known(1)), size(Person::Unknown(999)));
            assert_eq!(size(Person::Known(1)), size(Person::Between(12_345)));
        }
    }
}
