//! What goes wrong at the desk: configuration, arguments, files, credentials. Each ends with a
//! message that helps and an exit code that tells.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use blastwall_tests::{Blastwall, KEY, SECRET, Simulation, assert_same, example};

/// The example organization, as `--from` takes it.
fn stored() -> String {
    example().join("organization").to_str().unwrap().to_owned()
}

/// A copy of the example organization in the program's directory.
fn copy(program: &Blastwall, name: &str) -> PathBuf {
    fn tree(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                tree(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let target = program.directory().join(name);
    tree(&example().join("organization"), &target);
    target
}

#[test]
fn a_broken_configuration_is_shown_where_it_is_broken() {
    let program = Blastwall::new();
    program.file(
        "blastwall.toml",
        "version = 1\n\n[role]\nname = \"Audit\"\nexternal-idd = \"x\"\n\n[scan]\nregions = \"eu-west-1\"\n",
    );
    let run = program.run(["scan", "--from", &stored()]).exits(2);
    assert!(run.stdout.is_empty());
    let run = run.says(&[
        "blastwall.toml:5:1",
        "unknown key `external-idd`",
        "did you mean `external-id`?",
        "^",
        "`regions` must be a list of strings",
    ]);
    assert!(run.stderr.contains("blastwall.toml:8:"), "{}", run.stderr);

    program.file("blastwall.toml", "[role\nname = 1\n");
    let _ = program
        .run(["accounts"])
        .exits(2)
        .says(&["blastwall.toml:1", "^"]);
}

#[test]
fn settings_of_checks_are_held_to_what_the_plugins_say() {
    let program = Blastwall::new();
    let from = stored();
    for (content, parts) in [
        (
            "[checks.iam-rot-mfa]\nenabled = false\n",
            ["blastwall.toml:1:", "`iam-root-mfa`"],
        ),
        (
            "[checks.iam-access-key-age]\nmax-age-dayz = 30\n",
            ["blastwall.toml:2:", "`max-age-days`"],
        ),
        (
            "[checks.iam-access-key-age]\nmax-age-days = \"30\"\n",
            ["blastwall.toml:2:16", "is not of type \"integer\""],
        ),
        (
            "[checks.ec2-security-group-open-ports]\nports = [22, 70000]\n",
            ["blastwall.toml:2:14", "maximum of 65535"],
        ),
        (
            "[plugins.limits.loging]\nmemory-mib = 64\n",
            ["blastwall.toml:1:17", "did you mean `logging`?"],
        ),
        (
            "[plugins.limits.s3]\nmemory-mb = 64\n",
            ["blastwall.toml:2:1", "did you mean `memory-mib`?"],
        ),
    ] {
        program.file("blastwall.toml", content);
        let _ = program.run(["scan", "--from", &from]).exits(2).says(&parts);
    }
    let missing = program.run(["scan", "--config", "nowhere.toml"]).exits(2);
    let _ = missing.says(&["nowhere.toml"]);
}

#[test]
fn names_that_nobody_has_come_with_the_nearest_one() {
    let program = Blastwall::new();
    let from = stored();
    for (arguments, parts) in [
        (
            vec!["--check", "iam-root-mfaa"],
            ["unknown check `iam-root-mfaa`", "`iam-root-mfa`"],
        ),
        (vec!["--plugin", "iamm"], ["unknown plugin `iamm`", "`iam`"]),
        (vec!["-o", "jsn"], ["jsn", "json"]),
        (vec!["--severity", "urgent"], ["urgent", "critical"]),
        (vec!["--acount", "x"], ["--acount", "--account"]),
    ] {
        let arguments = ["scan", "--from", &from].into_iter().chain(arguments);
        let _ = program.run(arguments).exits(2).says(&parts);
    }
    let explain = program.run(["checks", "s3-bucket-tsl"]).exits(2);
    let _ = explain.says(&["unknown check `s3-bucket-tsl`", "`s3-bucket-tls`"]);
}

#[test]
fn no_credentials() {
    let program = Blastwall::new();
    for command in ["scan", "accounts", "blast-radius"] {
        let run = program.run([command]).exits(3);
        assert!(run.stdout.is_empty());
        let _ = run.says(&["found no AWS credentials", "hint: ", "--profile"]);
    }
    // Every place that was looked at, and every way to give some.
    let _ = program.run(["scan"]).exits(3).says(&[
        "the environment (environment variable not set)",
        "the profile (",
        "the instance metadata (IMDS disabled by AWS_EC2_METADATA_DISABLED",
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "aws sso login",
        "the role of the instance",
    ]);
}

#[test]
fn metadata_that_is_closed_to_us_is_no_credentials() {
    let metadata = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", metadata.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in metadata.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let program = Blastwall::new()
        .variable("AWS_EC2_METADATA_DISABLED", "false")
        .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint);
    let _ = program.run(["accounts"]).exits(3).says(&[
        "found no AWS credentials",
        "the instance metadata: request forbidden",
        "AWS_ACCESS_KEY_ID",
        "--profile",
    ]);
}

#[test]
fn a_profile_that_nobody_has() {
    let program = Blastwall::new();
    let nobody = program.run(["scan", "--profile", "nobody"]).exits(2);
    let _ = nobody.says(&["`nobody`", "--profile", ".aws/config", "no profile at all"]);

    fs::create_dir(program.directory().join(".aws")).unwrap();
    program.file(".aws/config", "[profile audit]\n[profile billing]\n");
    let misspelt = program.variable("AWS_PROFILE", "audti");
    let _ = misspelt.run(["accounts"]).exits(2).says(&[
        "the profile `audti`, given by AWS_PROFILE, is in none of",
        "did you mean `audit`?",
    ]);
    let without = misspelt.run(["accounts", "--profile", "audit"]).exits(3);
    let _ = without.says(&[
        "failed with the profile `audit`",
        "found no AWS credentials",
    ]);
}

#[test]
fn a_profile_of_the_command_line_is_not_mixed_with_the_environment() {
    let simulation = Simulation::example();
    let program = simulation
        .auditor()
        .credentials("AKIASTRANGERSTRANGER", "x");
    fs::create_dir(program.directory().join(".aws")).unwrap();
    program.file(
        ".aws/credentials",
        format!("[audit]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"),
    );
    let _ = program
        .run(["accounts"])
        .exits(3)
        .says(&["InvalidClientTokenId"]);
    let _ = program.run(["accounts", "--profile", "audit"]).exits(0);
}

#[test]
fn settings_that_the_sdk_would_panic_at() {
    for (name, value) in [("AWS_MAX_ATTEMPTS", "0"), ("AWS_RETRY_MODE", "eager")] {
        let run = Blastwall::new().variable(name, value).run(["accounts"]);
        let _ = run.exits(2).says(&[name, value, "expected"]);
    }
    let program = Blastwall::new();
    fs::create_dir(program.directory().join(".aws")).unwrap();
    program.file(".aws/config", "region = eu-west-1\n");
    let _ = program
        .run(["accounts"])
        .exits(2)
        .says(&["config", "hint: "]);
}

#[test]
fn nobody_answers() {
    let program = Blastwall::new()
        .credentials("AKIAIOSFODNN7EXAMPLE", "secret")
        .variable("AWS_MAX_ATTEMPTS", "1");
    let run = program
        .run(["scan", "--endpoint-url", "http://127.0.0.1:9"])
        .exits(3);
    let _ = run.says(&["http://127.0.0.1:9", "hint: ", "--endpoint-url"]);
}

#[test]
fn an_account_that_does_not_exist() {
    let from = stored();
    let program = Blastwall::new();
    let alone = program
        .run(["scan", "--from", &from, "--account", "999999999999"])
        .exits(3);
    let _ = alone.says(&["999999999999"]);
    let arguments = [
        "scan",
        "--from",
        &from,
        "--account",
        "999999999999,prod-*",
        "-o",
        "json",
    ];
    let report = program.run(arguments).exits(0).report();
    assert_eq!(report.entered().len(), 2);
    let problems = report.0["problems"].to_string();
    assert!(problems.contains("999999999999"), "{problems}");
    let radius = program
        .run(["blast-radius", "999999999999", "--from", &from])
        .exits(2);
    let _ = radius.says(&["999999999999", "hint: "]);
}

#[test]
fn a_region_that_is_off() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let arguments = ["scan", "-o", "json", "--region", "us-east-1,eu-south-1"];
    let report = program.run(arguments).exits(0).report();
    // Only one account has switched it on; there it is looked at.
    let web = "232323454545";
    assert_eq!(
        report.coverage(web)["regions"].to_string(),
        r#"["eu-south-1","us-east-1"]"#
    );
    // In the others it must show: not an empty result, and no pass for it.
    let dev = report.coverage("777788889999");
    assert!(
        !dev["regions"].to_string().contains("eu-south-1")
            || dev["gaps"].to_string().contains("eu-south-1"),
        "{dev:#}"
    );
    let said = format!("{}{}", dev["gaps"], report.0["problems"]);
    assert!(
        said.contains("eu-south-1"),
        "nothing says that the region is off: {said}"
    );

    let nowhere = program.run(["scan", "--region", "eu-nowhere-1", "-o", "json"]);
    assert!(
        nowhere.code != 0 || nowhere.stdout.contains("eu-nowhere-1"),
        "a region that does not exist is not mentioned"
    );
}

#[test]
fn exit_codes_tell_findings_from_blindness() {
    let program = Blastwall::new();
    let from = stored();
    let code = |arguments: &[&str]| {
        let arguments = ["scan", "--from", &from]
            .into_iter()
            .chain(arguments.iter().copied());
        program.run(arguments).code
    };
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "low"]), 1);
    assert_eq!(code(&["--fail-on", "critical", "--account", "dev-shop"]), 1);
    // High at the most, and nothing hidden.
    let ci = ["--account", "ci-tooling", "--no-blast-radius"];
    assert_eq!(code(&[&["--fail-on", "critical"], &ci[..]].concat()), 0);
    assert_eq!(code(&[&["--fail-on", "high"], &ci[..]].concat()), 1);
    // The ledger's vault hides its policy.
    let vault = ["--account", "finance-ledger", "--check", "s3-bucket-tls"];
    assert_eq!(code(&[&["--fail-on", "medium"], &vault[..]].concat()), 4);
    assert_eq!(code(&vault), 0);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let program = Blastwall::new();
    let mut process = program
        .command(["scan", "--from", &stored(), "-o", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    let mut stdout = process.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = process.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.is_empty(), "{stderr}");
}

#[test]
fn output_that_cannot_be_written() {
    let program = Blastwall::new();
    let run = program
        .run([
            "scan",
            "--from",
            &stored(),
            "-o",
            "json=no/such/report.json",
        ])
        .exits(3);
    let _ = run.says(&["no/such/report.json"]);
    let run = program
        .run(["scan", "--from", &stored(), "-o", "json="])
        .exits(2);
    let _ = run.says(&["no path"]);

    // What is there already is not written over.
    program.file("taken", "");
    let simulation = Simulation::example();
    let auditor = simulation.auditor();
    let taken = program.directory().join("taken");
    let run = auditor
        .run(["scan".as_ref(), "--save".as_ref(), taken.as_os_str()])
        .exits(3);
    let _ = run.says(&["taken"]);
}

#[test]
fn reports_go_to_files_and_to_the_screen_at_once() {
    let program = Blastwall::new();
    let run = program
        .run([
            "scan",
            "--from",
            &stored(),
            "-o",
            "table",
            "-o",
            "json=report.json",
        ])
        .exits(0);
    assert!(run.stdout.contains("dev-shop"));
    let written = fs::read_to_string(program.directory().join("report.json")).unwrap();
    assert_eq!(blastwall_tests::Report::parse(&written).entered().len(), 12);
}

#[test]
fn a_stored_account_that_is_damaged_costs_itself_alone() {
    let program = Blastwall::new();
    let directory = copy(&program, "damaged");
    let path = directory.join("accounts/777788889999/resources.jsonl");
    let content = fs::read(&path).unwrap();
    fs::write(&path, &content[..content.len() / 2]).unwrap();
    let run = program
        .run(["scan", "--from", "damaged", "-o", "json"])
        .exits(0);
    let report = run.report();
    let access = &report.account("777788889999")["access"];
    assert_eq!(access["status"], "refused");
    let answer = access["answer"].as_str().unwrap();
    assert!(answer.contains("resources.jsonl"), "{answer}");
    assert_eq!(report.entered().len(), 11);
    assert!(
        report
            .findings()
            .iter()
            .all(|finding| finding["account"] != "777788889999")
    );
}

#[test]
fn a_stored_organization_that_is_none() {
    let program = Blastwall::new();
    let run = program.run(["scan", "--from", "nowhere"]).exits(2);
    let _ = run.says(&["nowhere"]);
    let directory = copy(&program, "later");
    fs::write(
        directory.join("manifest.json"),
        r#"{"format":"blastwall-organization/9"}"#,
    )
    .unwrap();
    let run = program.run(["scan", "--from", "later"]).exits(2);
    let _ = run.says(&["blastwall-organization/9", "blastwall-organization/1"]);
}

#[test]
fn a_saved_file_that_was_changed_is_noticed() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let _ = program
        .run(["scan", "--account", "dev-shop,prod-shop", "--save", "kept"])
        .exits(0);
    let kept = program.directory().join("kept");
    let path = kept.join("accounts/777788889999/resources.jsonl");
    let content = fs::read_to_string(&path).unwrap();
    fs::write(&path, content.replace("0.0.0.0/0", "10.0.0.0/8")).unwrap();
    let offline = Blastwall::new();
    let arguments = ["scan", "-o", "json", "--from", kept.to_str().unwrap()];
    let report = offline.run(arguments).exits(0).report();
    assert_eq!(
        report.account("777788889999")["access"]["status"],
        "refused"
    );
    assert_eq!(report.entered(), ["444455556666"]);
}

#[test]
fn a_trust_policy_with_strange_json_costs_itself_alone() {
    let program = Blastwall::new();
    let directory = copy(&program, "strange");
    let path = directory.join("accounts/777788889999/resources.jsonl");
    let role = |name: &str, trust: &str| {
        format!(
            r#"{{"type":"AWS::IAM::Role","arn":"arn:aws:iam::777788889999:role/{name}","account":"777788889999","region":"global","config":{{"RoleName":"{name}","AssumeRolePolicyDocument":{trust},"ManagedPolicyArns":[],"Policies":[]}}}}"#
        ) + "\n"
    };
    let mut content = fs::read_to_string(&path).unwrap();
    for (name, trust) in [
        ("no-statement", r#"{"Version":"2012-10-17"}"#),
        ("text", r#""{\"Version\":\"2012-10-17\"}""#),
        (
            "no-effect",
            r#"{"Statement":{"Principal":"*","Action":"sts:AssumeRole"}}"#,
        ),
        (
            "numbers",
            r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":777788889999},"Action":7}]}"#,
        ),
        ("nothing", "null"),
    ] {
        content.push_str(&role(name, trust));
    }
    fs::write(&path, content).unwrap();
    let report = program
        .run(["scan", "--from", "strange", "-o", "json"])
        .exits(0)
        .report();
    let untouched = program
        .run(["scan", "--from", &stored(), "-o", "json"])
        .exits(0)
        .report();
    assert_eq!(report.entered(), untouched.entered());
    assert!(report.reach("777788889999", "444455556666").is_some());
    let unjudged = report.0["blast_radius"]["unjudged"].to_string();
    for name in ["text", "no-effect", "numbers"] {
        let arn = format!("arn:aws:iam::777788889999:role/{name}");
        assert!(
            unjudged.contains(&arn),
            "{name} is not among what was not judged: {unjudged}"
        );
    }
}

#[test]
fn strings_from_outside_cannot_write_to_the_terminal() {
    let program = Blastwall::new();
    let directory = copy(&program, "hostile");
    let path = directory.join("organization.jsonl");
    let content = fs::read_to_string(&path).unwrap();
    let hostile = content.replace("\"prod-shop\"", r#""\u001b[2Jprod\u202eshop\r""#);
    assert_ne!(content, hostile);
    fs::write(&path, hostile).unwrap();
    for command in [
        &["scan", "--from", "hostile", "--color", "never"][..],
        &["accounts", "--from", "hostile", "--color", "never"],
        &["blast-radius", "--from", "hostile", "--color", "never"],
        &[
            "blast-radius",
            "444455556666",
            "--from",
            "hostile",
            "--color",
            "never",
        ],
    ] {
        let run = program.run(command).exits(0);
        for character in ['\u{1b}', '\u{202e}', '\r'] {
            assert!(
                !run.stdout.contains(character),
                "{command:?} lets {character:?} through"
            );
        }
    }
}

#[test]
fn a_plugin_that_is_no_component_costs_its_own_checks() {
    let program = Blastwall::new();
    program.file("text.wasm", "not a component");
    // The header of a core module.
    program.file("core.wasm", b"\0asm\x01\0\0\0");
    let stored = stored();
    let scan = ["scan", "-o", "json", "--from", &stored];
    let without = program.run(scan).exits(0).report();
    for (file, reason) in [
        ("text.wasm", "no WebAssembly"),
        ("core.wasm", "a core module, not a component"),
    ] {
        let run = program.run([&scan[..], &["--plugin-file", file]].concat());
        let report = run.exits(0).says(&[file, reason]).report();
        assert_same(&without.0["findings"], &report.0["findings"]);
        let problem = report.0["problems"][0].to_string();
        assert!(problem.contains(reason), "{problem}");
        let plugins = report.0["plugins"].as_array().unwrap();
        let failed = plugins
            .iter()
            .filter(|plugin| plugin["failures"][0]["kind"] == "load");
        assert_eq!(failed.count(), 1);
    }
    // Nothing fails that badly, and still something was not looked at.
    let check = ["--check", "ec2-volume-encryption", "--fail-on", "critical"];
    let only = [&check[..], &["--account", "333344445555"]].concat();
    let _ = program.run([&scan[..], &only[..]].concat()).exits(0);
    let _ = program
        .run([&scan[..], &only[..], &["--plugin-file", "text.wasm"]].concat())
        .exits(4);
    let run = program.run([&scan[..], &["--plugin-file", "missing.wasm"]].concat());
    let _ = run.exits(2).says(&["missing.wasm"]);
}

#[test]
fn completions_for_each_shell() {
    for (shell, part) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef blastwall"),
        ("fish", "complete -c blastwall"),
    ] {
        let run = Blastwall::new().run(["completions", shell]).exits(0);
        assert!(run.stdout.contains(part), "{shell}");
        assert!(run.stdout.contains("blast-radius"), "{shell}");
    }
}

#[test]
fn every_help_has_an_example() {
    let program = Blastwall::new();
    for command in [
        "",
        "scan",
        "accounts",
        "checks",
        "blast-radius",
        "demo",
        "completions",
    ] {
        let arguments = [command, "--help"]
            .into_iter()
            .filter(|argument| !argument.is_empty());
        let run = program.run(arguments).exits(0);
        let (_, examples) = run
            .stdout
            .split_once("Example")
            .unwrap_or_else(|| panic!("no example in the help of {command:?}:\n{}", run.stdout));
        assert!(
            examples.contains(&format!("blastwall {command}")),
            "{examples}"
        );
    }
}

#[test]
fn checks_are_listed_and_explained() {
    let program = Blastwall::new();
    let list = program.run(["checks", "-o", "json"]).exits(0);
    let list: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    let list = list.as_array().unwrap();
    assert!(list.len() >= 16);
    for check in list {
        let id = check["id"].as_str().unwrap();
        let run = program.run(["checks", id]).exits(0);
        for part in ["title", "remediation"] {
            let text = check[part].as_str().unwrap();
            assert!(!text.is_empty(), "{id} has no {part}");
        }
        assert!(
            run.stdout.contains(id) && run.stdout.contains("https://"),
            "{}",
            run.stdout
        );
    }
}
