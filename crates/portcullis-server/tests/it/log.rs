//! The log holds no secret, even at its most talkative.

use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

#[test]
fn no_password_token_hash_or_key_is_logged() {
    let folder = temporary_folder();
    let secret = "my hunter2 rides a bicycle";
    for database in Database::both(folder.path()) {
        let variables = [("PORTCULLIS_LOG_LEVEL", "trace")];
        let server = Server::start(&folder, &["--database", &database.url()], &variables);
        let mut command = portcullis(folder.path());
        command.args([
            "user",
            "add",
            "johndoe",
            "--password-stdin",
            "--database",
            &database.url(),
        ]);
        let added = run(command, secret);
        assert!(
            added.status.success(),
            "{}",
            String::from_utf8_lossy(&added.stderr)
        );
        let token = server.token("johndoe", secret);
        assert_eq!(server.me(&token).status, 200);
        server.me(&format!("{token}x"));
        server.login("johndoe", "wrong-hunter2");
        server.login("hunter2-as-a-name", "x");
        server.get(&format!("/users/me?access_token={token}"), &[]);
        server.post_raw("/token?password=hunter2-in-the-address", b"", &[]);
        // A hash that cannot be used is worth a line, but not the hash.
        database.run("UPDATE users SET hashed_password = '$argon2id$hunter2-hash';");
        server.login("johndoe", secret);
        let key = std::fs::read_to_string(folder.path().join("portcullis.key")).unwrap();
        let log = server.log_with("cannot be used");
        for kept in ["hunter2", "$argon2", "eyJ", token.as_str(), key.trim()] {
            assert!(!log.contains(kept), "{kept:?} is in the log: {log}");
        }
    }
}
