//! Writing a plugin as its author does: a project, its tests, its component, a scan with it. And
//! what the author is told when something is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use blastwall_tests::{Blastwall, Run, example, target_directory};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Variables that lead to the toolchain, crates that are here already, and a target folder that all
/// nested builds share.
fn toolchain() -> Vec<(&'static str, OsString)> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap());
    let own = |name: &str, folder: &str| {
        std::env::var_os(name).unwrap_or_else(|| home.join(folder).into())
    };
    let mut variables = vec![
        ("PATH", std::env::var_os("PATH").unwrap()),
        ("CARGO_HOME", own("CARGO_HOME", ".cargo")),
        ("RUSTUP_HOME", own("RUSTUP_HOME", ".rustup")),
        ("CARGO_TARGET_DIR", place("target").into()),
        ("CARGO_NET_OFFLINE", "true".into()),
    ];
    for name in ["RUSTUP_TOOLCHAIN", "RUSTC_BOOTSTRAP", "RUSTC", "CARGO"] {
        if let Some(value) = std::env::var_os(name) {
            variables.push((name, value));
        }
    }
    variables
}

/// A place that stays, so that the builds of the next run find those of this one.
fn place(name: &str) -> PathBuf {
    target_directory().join("tmp/plugin-author").join(name)
}

/// The program in the hands of somebody with a toolchain.
fn author() -> Blastwall {
    let variables = toolchain().into_iter();
    variables.fold(Blastwall::new(), |program, (name, value)| {
        program.variable(name, value)
    })
}

/// A new project in a place of its own, with the crates that this workspace has tested.
fn project(program: &Blastwall, name: &str, arguments: &[&str]) -> PathBuf {
    let folder = place(name);
    let _ = fs::remove_dir_all(&folder);
    let path = folder.to_str().unwrap();
    let run = program.run([&["plugin", "new", name, "--path", path], arguments].concat());
    let _ = run.exits(0).says(&["made the plugin"]);
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    folder
}

/// Nested builds one after the other: two cores are two cores.
fn alone() -> impl Drop {
    static BUILDS: Mutex<()> = Mutex::new(());
    BUILDS
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The component of the project as `plugin new` makes it, and the folder of its cases.
fn my_checks() -> &'static Path {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let _alone = alone();
        let program = author();
        let folder = project(&program, "my-checks", &[]);
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let tests = Command::new(cargo)
            .args(["test", "--color", "never"])
            .current_dir(&folder)
            .envs(toolchain())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&tests.stderr);
        assert!(tests.status.success(), "{said}");
        assert!(!said.contains("warning"), "{said}");

        let run = program.run(["plugin", "build", text(&folder)]).exits(0);
        // The words of cargo, as they come.
        assert!(run.stderr.contains("Finished"), "{}", run.stderr);
        assert!(!run.stderr.contains("warning"), "{}", run.stderr);
        for part in ["my-checks.wasm", "size       ", "digest     blake3:"] {
            assert!(run.stdout.contains(part), "{}", run.stdout);
        }
        folder
    })
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The project's component, and a copy of its cases that may be spoilt.
fn component_and_cases(program: &Blastwall) -> (PathBuf, PathBuf) {
    let folder = my_checks();
    let cases = program.directory().join("cases");
    fs::create_dir(&cases).unwrap();
    for entry in fs::read_dir(folder.join("cases")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), cases.join(entry.file_name())).unwrap();
    }
    (folder.join("my-checks.wasm"), cases)
}

fn spoil(file: &Path, from: &str, to: &str) {
    let content = fs::read_to_string(file).unwrap();
    assert!(content.contains(from), "{content}");
    fs::write(file, content.replace(from, to)).unwrap();
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", run.stdout))
}

#[test]
fn a_new_project_passes_its_tests_and_scans() {
    let folder = my_checks();
    let program = author();
    let run = {
        let _alone = alone();
        program.run(["plugin", "test", text(folder)]).exits(0)
    };
    assert!(run.stdout.contains("test result: ok. 4 passed; 0 failed"));
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);

    let component = folder.join("my-checks.wasm");
    let run = Blastwall::new()
        .run([
            "scan",
            "--from",
            text(&example().join("organization")),
            "--plugin-file",
            text(&component),
            "--check",
            "my-checks-user-boundary",
            "--no-blast-radius",
            "-o",
            "json",
        ])
        .exits(0);
    let report = run.report();
    let findings = report.0["findings"].as_array().unwrap();
    let failed = findings.iter().filter(|finding| {
        finding["check"] == "my-checks-user-boundary" && finding["verdict"] == "fail"
    });
    assert!(failed.count() > 0, "{findings:#?}");
}

#[test]
fn a_project_keeps_what_is_there() {
    let program = Blastwall::new();
    let _ = program.run(["plugin", "new", "mine"]).exits(0);
    let before = fs::read_to_string(program.directory().join("mine/src/lib.rs")).unwrap();
    let _ = program
        .run(["plugin", "new", "mine"])
        .exits(2)
        .says(&["`mine` is not empty", "--path"]);
    let after = fs::read_to_string(program.directory().join("mine/src/lib.rs")).unwrap();
    assert_eq!(before, after);
    program.file("file", "");
    let _ = program
        .run(["plugin", "new", "mine", "--path", "file"])
        .exits(2)
        .says(&["failed to make `file`"]);
    for name in [
        "Mine",
        "my_checks",
        "../mine",
        "-mine",
        "fn",
        "s3",
        "blastwall-sdk",
    ] {
        let _ = program
            .run(["plugin", "new", "--path", "other", "--", name])
            .exits(2)
            .says(&["lower-case words joined by hyphens"]);
        assert!(!program.directory().join("other").exists(), "{name}");
    }
    let _ = program
        .run(["plugin", "new", "other", "--sdk", "mine/src"])
        .exits(2)
        .says(&["there is no SDK in `mine/src`"]);
}

#[test]
fn what_a_case_finds_different_is_shown_and_can_be_blessed() {
    let program = Blastwall::new();
    let (component, cases) = component_and_cases(&program);
    let file = cases.join("bucket-name.json");
    let before = fs::read_to_string(&file).unwrap();
    let test = |more: &[&str]| {
        let arguments = ["plugin", "test", text(&component)];
        program.run([&arguments, more].concat())
    };
    // Nothing to bless is nothing to write.
    let _ = test(&["--bless"]).exits(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);

    let from = r#""resource": "arn:aws:s3:::logs",
          "verdict": "fail""#;
    spoil(&file, from, &from.replace("fail", "pass"));
    let run = test(&[]).exits(1);
    for part in [
        "case my-checks-bucket-name: the prefix decides ... FAILED",
        "arn:aws:s3:::logs\n  expected  pass, with the words: does not begin with example-\n  \
         actual    fail: the name does not begin with example-\n",
        "test result: FAILED. 3 passed; 1 failed",
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    let _ = test(&["--check", "my-checks-user-boundary"]).exits(0);
    let report = json(&test(&["-o", "json"]).exits(1));
    assert_eq!(report["failed"], 1);
    assert_eq!(
        report["cases"][0]["differences"][0]["actual"]["verdict"],
        "fail"
    );

    let _ = test(&["--bless"]).exits(0).says(&["blessed 1 of 2 cases"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let _ = test(&[]).exits(0);
}

#[test]
fn a_broken_case_is_named() {
    let program = Blastwall::new();
    let (component, cases) = component_and_cases(&program);
    let test = || program.run(["plugin", "test", text(&component)]);
    let file = cases.join("bucket-name.json");
    let before = fs::read_to_string(&file).unwrap();

    spoil(&file, "\"expect\"", "\"expects\"");
    let _ = test()
        .exits(2)
        .says(&["bucket-name.json", "unknown field `expects`", "line 18"]);
    fs::write(
        &file,
        before.replace("my-checks-bucket-name", "my-checks-bucket-nam"),
    )
    .unwrap();
    let _ = test().exits(2).says(&[
        "bucket-name.json",
        "no check `my-checks-bucket-nam`",
        "did you mean",
    ]);
    // A resource that is none costs its own case.
    fs::write(
        &file,
        before.replace("\"arn\": \"arn:aws:s3:::logs\"", "\"arn\": 7"),
    )
    .unwrap();
    let run = test().exits(1);
    assert!(run.stdout.contains("needs `arn`"), "{}", run.stdout);
    assert!(run.stdout.contains("3 passed; 1 failed"), "{}", run.stdout);
    // And there is nothing to bless in it.
    let run = program.run(["plugin", "test", text(&component), "--bless"]);
    let _ = run.exits(1);

    fs::remove_dir_all(&cases).unwrap();
    let _ = test().exits(2).says(&["cases"]);
    fs::create_dir(&cases).unwrap();
    let _ = test().exits(2).says(&["there are no cases in `cases`"]);
}

#[test]
fn what_a_plugin_says_is_shown_and_never_sent() {
    let program = author();
    my_checks();
    let _alone = alone();
    // The SDK of the checkout, so that this build shares what it can.
    let folder = project(&program, "hostile", &["--sdk", text(&root())]);
    let source = folder.join("src/lib.rs");
    spoil(
        &source,
        "the user has no permissions boundary\"",
        "\\u{1b}[2Jgone\"",
    );
    spoil(
        &source,
        "let prefix = &parameters.prefix;",
        "let prefix = &parameters.prefix;\n    assert!(prefix.len() > 99, \"\\u{1b}]0;panic\\u{7}\");",
    );
    let run = program.run(["plugin", "test", text(&folder)]).exits(1);
    assert!(!run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
    for part in [
        "\\u{1b}[2Jgone",
        "\\u{1b}]0;panic",
        "test result: FAILED. 1 passed; 3 failed",
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    // What did not judge has no verdict to expect; what did, does.
    let run = program.run(["plugin", "test", text(&folder), "--bless"]);
    let _ = run.exits(1).says(&["blessed 1 of 2 cases"]);
    let cases = fs::read_to_string(folder.join("cases/bucket-name.json")).unwrap();
    assert!(!cases.contains("error"), "{cases}");
}

#[test]
fn a_project_that_does_not_build_says_why() {
    let program = author();
    let _ = program
        .run(["plugin", "build"])
        .exits(2)
        .says(&["there is no Cargo.toml in `.`", "blastwall plugin new NAME"]);
    let _alone = alone();
    let folder = project(&program, "broken", &["--sdk", text(&root())]);
    let path = text(&folder);
    spoil(
        &folder.join("src/lib.rs"),
        "permissions_boundary.get()",
        "permission_boundary.get()",
    );
    let _ = program.run(["plugin", "build", path]).exits(3).says(&[
        "error[E0609]",
        "src/lib.rs:",
        "cargo cannot build it",
    ]);
    assert!(!folder.join("broken.wasm").exists());
    // Quiet is quiet about what goes well.
    let _ = program
        .run(["-q", "plugin", "build", path])
        .exits(3)
        .says(&["E0609"]);
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let _ = program
        .run(["plugin", "build", path])
        .exits(3)
        .says(&["the component is no plugin", "blastwall_sdk::plugin!"]);
    spoil(
        &folder.join("Cargo.toml"),
        "[\"cdylib\", \"rlib\"]",
        "[\"rlib\"]",
    );
    let _ = program
        .run(["plugin", "build", path])
        .exits(3)
        .says(&["makes no WebAssembly module", "crate-type"]);
    let _ = author()
        .variable("PATH", "/nonexistent")
        .variable("CARGO", "/nonexistent/cargo")
        .variable("RUSTC", "/nonexistent/rustc")
        .run(["plugin", "build", path])
        .exits(3)
        .says(&["cannot run rustc", "blastwall plugin doctor"]);
}

#[test]
fn a_component_is_inspected_without_being_run() {
    let program = Blastwall::new();
    let component = my_checks().join("my-checks.wasm");
    let run = program
        .run(["plugin", "inspect", text(&component)])
        .exits(0);
    for part in [
        "contract   blastwall:plugin 0.1.0",
        "describe, evaluate",
        "report verdicts",
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    assert!(
        !run.stdout.contains("my-checks-bucket-name"),
        "{}",
        run.stdout
    );
    let run = program
        .run([
            "plugin",
            "inspect",
            text(&component),
            "--describe",
            "-o",
            "json",
        ])
        .exits(0);
    let report = json(&run);
    assert_eq!(
        report["plugin"]["checks"][1]["parameters"][0]["name"],
        "prefix"
    );
    assert_eq!(report["refused"], Value::Null);

    let bytes = fs::read(&component).unwrap();
    program.file("text.wasm", "no component");
    program.file("module.wasm", b"\0asm\x01\0\0\0");
    program.file("empty.wasm", b"\0asm\x0d\0\x01\0");
    program.file("half.wasm", &bytes[..bytes.len() / 2]);
    for (file, why) in [
        ("text.wasm", "WebAssembly"),
        ("module.wasm", "core module"),
        ("empty.wasm", "exports no function `describe`"),
        ("half.wasm", ""),
    ] {
        let run = program
            .run(["plugin", "inspect", file, "--describe"])
            .exits(1);
        assert!(
            run.stdout.contains("The sandbox refuses it"),
            "{}",
            run.stdout
        );
        assert!(run.stdout.contains(why), "{}", run.stdout);
        let run = program
            .run(["plugin", "inspect", file, "-o", "json"])
            .exits(1);
        assert!(json(&run)["refused"].is_string());
        let _ = program
            .run(["plugin", "test", file])
            .exits(3)
            .says(&["cannot be loaded"]);
    }
    let _ = program.run(["plugin", "inspect", "missing.wasm"]).exits(2);
}

#[test]
fn a_measurement_counts_the_same_each_time() {
    let program = Blastwall::new();
    let (component, _) = component_and_cases(&program);
    let bench = |more: &[&str]| {
        let arguments = ["plugin", "bench", text(&component), "--resources", "500"];
        program.run([&arguments, more].concat()).exits(0)
    };
    let fuel = |report: &Value| -> Vec<u64> {
        let checks = report["checks"].as_array().unwrap();
        checks
            .iter()
            .map(|check| check["fuel_per_resource"].as_u64().unwrap())
            .collect()
    };
    let (one, other) = (json(&bench(&["-o", "json"])), json(&bench(&["-o", "json"])));
    assert_eq!(fuel(&one), fuel(&other));
    assert!(fuel(&one).iter().all(|fuel| *fuel > 100), "{one:#}");
    assert!(one["checks"][0]["has_cases"].as_bool().unwrap());
    let run = bench(&[]);
    for part in ["start ", "500 resources", "my-checks-bucket-name"] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
}

#[test]
fn the_doctor_finds_what_is_missing_and_tells_the_command() {
    let run = author().run(["plugin", "doctor"]).exits(0);
    assert!(
        run.stdout.contains("Plugins in Rust can be built"),
        "{}",
        run.stdout
    );

    let program = Blastwall::new().variable("PATH", "/nonexistent");
    let run = program.run(["plugin", "doctor"]).exits(1);
    for part in [
        "MISSING   rustc",
        "run: curl --proto",
        "MISSING   wasm32-unknown-unknown",
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    let items = json(&program.run(["plugin", "doctor", "-o", "json"]).exits(1));
    let mut items = items.as_array().unwrap().iter();
    assert!(items.any(|item| item["status"] == "optional" && item["name"] == "jco"));
}

#[cfg(unix)]
#[test]
fn the_doctor_does_not_trust_a_cache_that_others_may_write() {
    use std::os::unix::fs::PermissionsExt;

    let program = author();
    let cache = program.directory().join("cache");
    let plugins = cache.join("blastwall/plugins");
    fs::create_dir_all(&plugins).unwrap();
    fs::set_permissions(&plugins, fs::Permissions::from_mode(0o777)).unwrap();
    let program = program.variable("XDG_CACHE_HOME", &cache);
    let run = program.run(["plugin", "doctor"]).exits(1);
    assert!(
        run.stdout.contains("MISSING   plugin cache"),
        "{}",
        run.stdout
    );
    // The command that is told repairs it.
    let command = run
        .stdout
        .lines()
        .find_map(|line| line.split_once("run: rm"));
    let command = format!("rm{}", command.unwrap().1);
    assert!(
        Command::new("sh")
            .args(["-c", &command])
            .status()
            .unwrap()
            .success()
    );
    let _ = program.run(["plugin", "doctor"]).exits(0);
}

#[test]
fn the_shape_of_documents_is_told() {
    let program = Blastwall::new();
    let run = program.run(["plugin", "schema"]).exits(0);
    assert!(run.stdout.contains("AWS::S3::Bucket "), "{}", run.stdout);
    for line in run.stdout.lines() {
        let resource_type = line.split_whitespace().next().unwrap();
        let schema = json(&program.run(["plugin", "schema", resource_type]).exits(0));
        let name = resource_type.to_lowercase().replace("::", "-");
        let file = root().join(format!("plugin-sdk/model/schema/{name}.json"));
        let committed: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        assert!(schema == committed, "{resource_type}");
    }
    let _ = program
        .run(["plugin", "schema", "AWS::S3::Buckets"])
        .exits(2)
        .says(&["did you mean `AWS::S3::Bucket`?"]);
}
