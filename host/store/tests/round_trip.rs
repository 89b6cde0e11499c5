//! What is written is read again; what is damaged is named.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::error::Error;
use std::path::Path;

use blastwall_model::{Access, AccountId, Coverage, Document};
use blastwall_store::{Directory, Manifest, OpenError, ReadError, WriteError, Writer};
use serde_json::{Value, json};

const BUCKET: &str = r#"{"type":"AWS::S3::Bucket","arn":"arn:aws:s3:::b","account":"111122223333","region":"eu-west-1"}"#;
const USER: &str = r#"{"type":"AWS::IAM::User","arn":"arn:aws:iam::111122223333:user/u","account":"111122223333"}"#;
const ROOT: &str = r#"{"type":"AWS::Organizations::Organization","arn":"arn:aws:organizations::111122223333:organization/o-a","account":"111122223333"}"#;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn coverage() -> Coverage {
    Coverage {
        account: account(),
        access: Access::Entered { role: None },
        regions: vec!["eu-west-1".to_owned()],
        services: Default::default(),
        gaps: Vec::new(),
    }
}

fn write(path: &Path) {
    let manifest = Manifest {
        scanned_at: Some("2026-11-01T12:00:00Z".to_owned()),
        ..Manifest::default()
    };
    let writer = Writer::create(path, manifest).unwrap();
    writer
        .organization(&[Document::parse(ROOT).unwrap()])
        .unwrap();
    writer
        .organization_coverage(&json!({ "gaps": [] }))
        .unwrap();
    let spread = BUCKET.replace(",\"arn\"", ",\n\"arn\"");
    let documents = [
        Document::parse(&spread).unwrap(),
        Document::parse(USER).unwrap(),
    ];
    writer.account(&account(), &documents, &coverage()).unwrap();
    writer.finish().unwrap();
}

fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[test]
fn what_is_written_is_read() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("scan");
    write(&path);
    let directory = Directory::open(&path).unwrap();
    assert_eq!(
        directory.manifest().scanned_at.as_deref(),
        Some("2026-11-01T12:00:00Z")
    );
    assert_eq!(directory.manifest().digests.len(), 4);
    assert_eq!(directory.accounts(), [account()]);
    assert_eq!(
        directory.organization().unwrap(),
        [Document::parse(ROOT).unwrap()]
    );
    let coverage_of_all: Option<Value> = directory.organization_coverage().unwrap();
    assert_eq!(coverage_of_all, Some(json!({ "gaps": [] })));
    let resources = directory.resources(&account()).unwrap();
    let kinds: Vec<&str> = resources
        .iter()
        .map(|document| document.kind.as_str())
        .collect();
    assert_eq!(kinds, ["AWS::IAM::User", "AWS::S3::Bucket"]);
    assert_eq!(directory.coverage(&account()).unwrap(), Some(coverage()));
    assert!(matches!(
        Writer::create(&path, Manifest::default()),
        Err(WriteError::NotEmpty { .. })
    ));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("scan");
    write(&path);
    let mode = |relative: &str| {
        let metadata = std::fs::metadata(path.join(relative)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("accounts/111122223333"), 0o700);
    assert_eq!(mode("accounts/111122223333/resources.jsonl"), 0o600);
    assert_eq!(mode("manifest.json"), 0o600);
}

#[test]
fn a_changed_or_missing_file_is_an_error() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("scan");
    write(&path);
    let file = path.join("accounts/111122223333/resources.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let (first, _) = text.split_once('\n').unwrap();
    std::fs::write(&file, format!("{first}\n")).unwrap();
    let directory = Directory::open(&path).unwrap();
    let error = directory.resources(&account()).unwrap_err();
    assert!(matches!(error, ReadError::Digest { .. }), "{error}");
    std::fs::remove_file(&file).unwrap();
    let error = directory.resources(&account()).unwrap_err();
    assert!(matches!(error, ReadError::Io { .. }), "{error}");
}

#[test]
fn people_may_leave_out_what_has_a_default() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path();
    std::fs::create_dir_all(path.join("accounts/111122223333")).unwrap();
    std::fs::create_dir_all(path.join("accounts/444455556666")).unwrap();
    std::fs::write(path.join("accounts/.hidden"), "").unwrap();
    std::fs::write(
        path.join("manifest.json"),
        r#"{"format":"blastwall-organization/1"}"#,
    )
    .unwrap();
    let without = |line: &str| line.replace(r#","account":"111122223333""#, "");
    std::fs::write(
        path.join("accounts/111122223333/resources.jsonl"),
        format!("{}\n\n{BUCKET}\r\n", without(USER)),
    )
    .unwrap();
    std::fs::write(path.join("organization.jsonl"), without(ROOT)).unwrap();
    let directory = Directory::open(path).unwrap();
    let resources = directory.resources(&account()).unwrap();
    assert_eq!(resources.len(), 2);
    assert_eq!(resources[0].account, account());
    assert_eq!(&*resources[0].region, blastwall_model::GLOBAL);
    assert_eq!(directory.organization().unwrap()[0].account, account());
    let other = "444455556666".parse().unwrap();
    assert_eq!(directory.resources(&other).unwrap(), []);
    assert_eq!(directory.coverage(&other).unwrap(), None);
}

#[test]
fn damaged_lines_are_named() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path();
    let file = path.join("accounts/111122223333/resources.jsonl");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(
        path.join("manifest.json"),
        r#"{"format":"blastwall-organization/1"}"#,
    )
    .unwrap();
    let cut = BUCKET.get(..40).unwrap();
    let stranger = USER.replace("111122223333", "444455556666");
    for (second, expected) in [
        (cut, "resources.jsonl:2: not a resource document: EOF"),
        ("[]", "resources.jsonl:2: not a resource document"),
        (r#"{"type":"X"}"#, "missing field `arn`"),
        (
            r#"{"type":"X","arn":"nonsense"}"#,
            "resources.jsonl:2: not a resource document",
        ),
        (&stranger, "is of account 444455556666"),
        (
            USER,
            "resources.jsonl:2: AWS::IAM::User arn:aws:iam::111122223333:user/u is there twice",
        ),
    ] {
        std::fs::write(&file, format!("{USER}\n{second}\n")).unwrap();
        let directory = Directory::open(path).unwrap();
        let error = chain(&directory.resources(&account()).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }
    std::fs::write(&file, b"\xff\xfe").unwrap();
    let error = Directory::open(path)
        .unwrap()
        .resources(&account())
        .unwrap_err();
    assert!(matches!(error, ReadError::Text { .. }), "{error}");
    std::fs::write(path.join("organization.jsonl"), USER).unwrap();
    let error = Directory::open(path).unwrap().organization().unwrap_err();
    assert!(matches!(error, ReadError::Misplaced { line: 1, .. }));
}

#[test]
fn other_formats_are_refused_by_name() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path();
    assert!(matches!(
        Directory::open(path),
        Err(OpenError::NoManifest { .. })
    ));
    std::fs::write(path.join("manifest.json"), "{").unwrap();
    assert!(matches!(
        Directory::open(path),
        Err(OpenError::Manifest { .. })
    ));
    std::fs::write(
        path.join("manifest.json"),
        r#"{"format":"blastwall-organization/2"}"#,
    )
    .unwrap();
    let error = Directory::open(path).unwrap_err().to_string();
    assert!(
        error.contains("blastwall-organization/2") && error.contains(blastwall_store::FORMAT),
        "{error}"
    );
    std::fs::write(
        path.join("manifest.json"),
        r#"{"format":"blastwall-organization/1"}"#,
    )
    .unwrap();
    std::fs::create_dir_all(path.join("accounts/prod")).unwrap();
    assert!(matches!(
        Directory::open(path),
        Err(OpenError::AccountName { .. })
    ));
}
