//! The sealing key's file.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Barrier};

use portcullis::auth::{SealingKeyFailed, load_or_create_sealing_key, load_sealing_key};

#[test]
fn one_of_twenty_makes_it_and_all_read_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    assert!(load_sealing_key(&path).unwrap().is_none());
    let together = Arc::new(Barrier::new(20));
    let makers: Vec<_> = (0..20)
        .map(|_| {
            let (path, together) = (path.clone(), Arc::clone(&together));
            std::thread::spawn(move || {
                together.wait();
                load_or_create_sealing_key(&path).unwrap().to_base64()
            })
        })
        .collect();
    let mut keys: Vec<_> = makers
        .into_iter()
        .map(|maker| maker.join().unwrap().as_str().to_owned())
        .collect();
    keys.dedup();
    assert_eq!(keys.len(), 1, "all have one key");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "nothing is left beside it");
}

#[test]
fn a_file_that_others_can_read_or_that_holds_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    load_or_create_sealing_key(&path).unwrap();
    for mode in [0o640, 0o602, 0o604] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = load_or_create_sealing_key(&path).unwrap_err();
        assert!(matches!(refused, SealingKeyFailed::Open(_)), "{refused}");
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }
    std::fs::write(&path, "hunter2").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let refused = load_sealing_key(&path).unwrap_err();
    assert!(matches!(refused, SealingKeyFailed::Malformed(..)));
    assert!(!refused.to_string().contains("hunter2"), "{refused}");
    let nowhere = folder.path().join("missing/sealing.key");
    assert!(matches!(
        load_or_create_sealing_key(&nowhere),
        Err(SealingKeyFailed::Io(..))
    ));
}
