//! A believable report: two environments and the management account, five accounts of which one
//! refuses, gaps, a plugin that fails, and names chosen by someone who wants to be overlooked.

pub(crate) mod blast;

use blastwall_report::Report;
use serde_json::{Value, json};

/// A bucket name as an attacker would tag it: clears the line, then pretends all is well.
pub(crate) const HOSTILE: &str = "ci\u{1b}[2K\u{1b}[1Aall good\u{202e}dorp\nfake line";

const SCANNED_AT: &str = "2026-11-23T09:30:00Z";

pub(crate) fn report() -> Report {
    let mut report: Report = serde_json::from_value(json!({
        "format": "blastwall-report/1",
        "scan": {
            "tool": "blastwall 0.1.0",
            "scanned_at": SCANNED_AT,
            "caller": "arn:aws:sts::111111111111:assumed-role/audit/alice",
        },
        "organization": { "id": "o-a1b2c3d4e5", "management_account": "111111111111" },
        "accounts": accounts(),
        "checks": checks(),
        "plugins": plugins(),
        "findings": findings(),
        "coverage": coverage(),
        "problems": [{
            "subject": "organization",
            "message": "resource control policies are not enabled, so none are considered",
        }],
    }))
    .unwrap();
    report.blast_radius = Some(blast::survey());
    report.finish()
}

fn accounts() -> Value {
    let entered = |id: &str| {
        json!({
            "status": "entered",
            "role": format!("arn:aws:iam::{id}:role/blastwall-audit"),
        })
    };
    json!([
        {
            "id": "222222222222", "name": "payments-prod", "ou_path": ["Workloads", "Prod"],
            "email": "aws+payments-prod@example.com", "status": "ACTIVE",
            "environment": { "name": "prod", "criticality": "critical" },
            "access": entered("222222222222"),
        },
        {
            "id": "111111111111", "name": "org-root", "ou_path": [], "status": "ACTIVE",
            "environment": { "name": "management", "criticality": "critical" },
            "access": { "status": "entered" },
        },
        {
            "id": "333333333333", "name": "legacy-prod", "ou_path": ["Workloads", "Prod"],
            "status": "ACTIVE",
            "environment": { "name": "prod", "criticality": "critical" },
            "access": {
                "status": "refused",
                "tried": "sts:AssumeRole on arn:aws:iam::333333333333:role/blastwall-audit",
                "answer": "AccessDenied: User: arn:aws:sts::111111111111:assumed-role/audit/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::333333333333:role/blastwall-audit",
                "hint": "create the role blastwall-audit in account 333333333333, or let its trust policy name arn:aws:iam::111111111111:role/audit",
            },
        },
        {
            "id": "444444444444", "name": HOSTILE, "ou_path": ["Workloads", "Dev"],
            "status": "ACTIVE", "tags": { "owner": "\u{1b}]0;owned\u{7}" },
            "environment": { "name": "dev", "criticality": "low" },
            "access": entered("444444444444"),
        },
        {
            "id": "555555555555", "name": "web-dev", "ou_path": ["Workloads", "Dev"],
            "status": "ACTIVE",
            "environment": { "name": "dev", "criticality": "low" },
            "access": entered("555555555555"),
        },
        {
            "id": "666666666666", "name": "old-sandbox", "ou_path": ["Suspended"],
            "status": "SUSPENDED",
            "environment": { "name": "dev", "criticality": "low" },
            "access": { "status": "skipped", "reason": "the account is suspended" },
        },
    ])
}

fn check(
    plugin: &str,
    id: &str,
    severity: &str,
    scope: &str,
    reads: &[&str],
    title: &str,
) -> Value {
    json!({
        "plugin": plugin, "id": id, "title": title, "severity": severity,
        "category": "security", "scope": scope, "reads": reads,
        "description": "Looks at one thing.\n\nWhy it matters is told here.",
        "remediation": "Change the thing.",
        "parameters": [], "controls": [], "references": [],
    })
}

fn checks() -> Value {
    let mut keys = check(
        "iam",
        "iam-access-key-age",
        "medium",
        "resource",
        &["AWS::IAM::User"],
        "Rotate access keys within 90 days",
    );
    keys["description"] = json!(
        "Looks at every active access key of every user and counts its age up to the moment of\nthe scan.\n\nAn old key has had more time to leak:\n\n- into repositories and logs,\n- onto the laptops of people who left.\n\nA key that was never used counts too, because it works all the same."
    );
    keys["remediation"] = json!(
        "Replace the key by a role where you can. Otherwise make a second key, move its users over, and\ndelete the first:\n\n```sh\naws iam delete-access-key --user-name NAME --access-key-id ID\n```"
    );
    keys["parameters"] = json!([{
        "name": "max-age-days", "description": "The greatest age of a key, in days.", "default": 90,
    }]);
    keys["settings"] = json!({ "max-age-days": 60 });
    keys["controls"] = json!([{ "framework": "cis-aws-5.0", "id": "1.13" }]);
    keys["references"] =
        json!(["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"]);
    json!([
        check(
            "s3",
            "s3-bucket-public",
            "critical",
            "resource",
            &["AWS::S3::Bucket"],
            "Keep buckets from the public"
        ),
        check(
            "s3",
            "s3-bucket-tls-only",
            "medium",
            "resource",
            &["AWS::S3::Bucket"],
            "Accept nothing but TLS"
        ),
        check(
            "iam",
            "iam-root-mfa",
            "critical",
            "account",
            &["AWS::IAM::RootUser"],
            "Protect the root user with MFA"
        ),
        keys,
        check(
            "network",
            "ec2-security-group-open",
            "high",
            "resource",
            &["AWS::EC2::SecurityGroup"],
            "Close ports that nobody on the internet needs"
        ),
        check(
            "logging",
            "cloudtrail-every-region",
            "high",
            "account",
            &["AWS::CloudTrail::Trail"],
            "Log every region with CloudTrail"
        ),
    ])
}

fn plugins() -> Value {
    json!([
        { "name": "s3", "version": "0.1.0", "digest": "9f8e7d6c",
          "checks": ["s3-bucket-tls-only", "s3-bucket-public"] },
        { "name": "iam", "version": "0.1.0", "digest": "1a2b3c4d",
          "checks": ["iam-root-mfa", "iam-access-key-age"] },
        { "name": "network", "version": "0.1.0", "digest": "5e6f7a8b",
          "checks": ["ec2-security-group-open"] },
        { "name": "logging", "version": "0.1.0", "digest": "0badcafe",
          "checks": ["cloudtrail-every-region"],
          "failures": [{
              "account": "555555555555", "kind": "timeout",
              "message": "stopped after 10 s of running time",
          }] },
    ])
}

fn finding(
    check: &str,
    severity: &str,
    account: &str,
    region: &str,
    resource: &str,
    verdict: &str,
    message: &str,
) -> Value {
    let mut finding = json!({
        "severity": severity, "check": check, "account": account, "region": region,
        "verdict": verdict, "message": message,
    });
    if !resource.is_empty() {
        finding["resource"] = json!(resource);
    }
    finding
}

fn findings() -> Value {
    let bucket = |name: &str| format!("arn:aws:s3:::{name}");
    let mut findings = vec![
        finding(
            "s3-bucket-public",
            "critical",
            "222222222222",
            "eu-west-1",
            &bucket("customer-exports"),
            "fail",
            "the bucket policy lets everyone s3:GetObject and nothing blocks public policies",
        ),
        finding(
            "s3-bucket-public",
            "critical",
            "444444444444",
            "eu-west-1",
            &bucket("build\u{1b}[8mhidden"),
            "fail",
            "the ACL grants READ to AllUsers",
        ),
        finding(
            "iam-root-mfa",
            "critical",
            "111111111111",
            "global",
            "arn:aws:iam::111111111111:root",
            "pass",
            "",
        ),
        finding(
            "iam-root-mfa",
            "critical",
            "222222222222",
            "global",
            "arn:aws:iam::222222222222:root",
            "pass",
            "",
        ),
        finding(
            "iam-root-mfa",
            "critical",
            "444444444444",
            "global",
            "arn:aws:iam::444444444444:root",
            "fail",
            "the root user has no MFA device",
        ),
        finding(
            "iam-root-mfa",
            "critical",
            "555555555555",
            "global",
            "",
            "unknown",
            "AccessDenied: iam:GetAccountSummary",
        ),
        finding(
            "iam-access-key-age",
            "medium",
            "555555555555",
            "global",
            "arn:aws:iam::555555555555:user/deploy",
            "fail",
            "access key AKIA…7Q is 412 days old",
        ),
        finding(
            "cloudtrail-every-region",
            "high",
            "555555555555",
            "global",
            "",
            "error",
            "the plugin was stopped after 10 s of running time",
        ),
        finding(
            "cloudtrail-every-region",
            "high",
            "222222222222",
            "global",
            "",
            "pass",
            "",
        ),
        finding(
            "s3-bucket-tls-only",
            "medium",
            "222222222222",
            "eu-west-1",
            &bucket("payments-ledger"),
            "unknown",
            "config.BucketPolicy is unknown: AccessDenied: s3:GetBucketPolicy",
        ),
        finding(
            "s3-bucket-tls-only",
            "medium",
            "222222222222",
            "eu-west-1",
            &bucket("customer-exports"),
            "pass",
            "",
        ),
        finding(
            "iam-access-key-age",
            "medium",
            "111111111111",
            "global",
            "arn:aws:iam::111111111111:user/breakglass",
            "not-applicable",
            "the user has no access key",
        ),
    ];
    for number in 1..=7 {
        findings.push(finding(
            "ec2-security-group-open",
            "high",
            "555555555555",
            "eu-central-1",
            &format!("arn:aws:ec2:eu-central-1:555555555555:security-group/sg-0{number}"),
            "fail",
            "lets 0.0.0.0/0 reach port 22 (SSH)",
        ));
    }
    json!(findings)
}

fn coverage() -> Value {
    let gap = |types: &[&str], action: &str, region: &str, resource: Option<&str>, answer: &str| {
        let mut gap = json!({
            "types": types, "action": action, "region": region, "kind": "denied", "answer": answer,
        });
        if let Some(resource) = resource {
            gap["resource"] = json!(resource);
        }
        gap
    };
    json!([
        {
            "account": "222222222222",
            "access": { "status": "entered",
                        "role": "arn:aws:iam::222222222222:role/blastwall-audit" },
            "regions": ["eu-west-1", "eu-central-1"],
            "services": { "s3/eu-west-1": {
                "calls": { "s3:GetBucketPolicy": 2 }, "resources": { "AWS::S3::Bucket": 2 } } },
            "gaps": [gap(&["AWS::S3::Bucket"], "s3:GetBucketPolicy", "eu-west-1",
                Some("arn:aws:s3:::payments-ledger"),
                "AccessDenied: explicit deny in a resource-based policy")],
        },
        {
            "account": "555555555555",
            "access": { "status": "entered",
                        "role": "arn:aws:iam::555555555555:role/blastwall-audit" },
            "regions": ["eu-central-1"],
            "gaps": [
                gap(&["AWS::IAM::RootUser", "AWS::IAM::AccountSummary"], "iam:GetAccountSummary",
                    "global", None,
                    "AccessDenied: explicit deny in a service control policy"),
                gap(&["AWS::S3::Bucket"], "s3:GetBucketPolicy", "eu-central-1",
                    Some("arn:aws:s3:::web-assets"), "AccessDenied: not authorized"),
            ],
        },
    ])
}
