//! The session policy: what an assumed session is narrowed to.

use std::collections::{BTreeMap, BTreeSet};

/// The most characters that STS takes as a session policy.
/// Source: IAM User Guide, "IAM and AWS STS quotas", section "STS entity character limits".
const LIMIT: usize = 2_048;

/// Verbs whose actions read; nothing else is ever folded into a wildcard. The number is how many
/// words must stand before the `*`, the verb included: a bare `Get*` takes in too much.
const FOLDABLE: &[(&str, usize)] = &[("Describe", 1), ("Get", 2), ("List", 1)];

/// Actions that give out data or secrets: a wildcard that would take one in is not used. This is
/// a second line behind the guard, which sends nothing that was not declared.
const DATA: &[&str] = &[
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "kinesis:GetRecords",
    "lambda:GetFunction",
    "logs:GetLogEvents",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
];

/// A session policy that allows the declared actions on everything, and nothing else.
///
/// A session may do what both its role and this policy allow, so an administrator role becomes a
/// reader of what the scan reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    text: String,
    actions: BTreeSet<String>,
}

/// More actions than fit into a session policy, wildcards and all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session policy for {actions} actions takes {size} characters; AWS allows {LIMIT}")]
pub struct PolicyTooLarge {
    /// How many actions were declared.
    pub actions: usize,
    /// How many characters their policy takes at the least.
    pub size: usize,
}

impl SessionPolicy {
    /// The policy for IAM actions such as `s3:GetBucketPolicy`.
    ///
    /// Only if they do not fit one by one are actions of the same service that begin with the same
    /// words folded into a wildcard (`s3:GetBucket*`), the narrowest wildcards first, until the
    /// rest fits. Only actions that begin with `Get` and another word, `List` or `Describe` are
    /// folded, and never so that the wildcard takes in an action known to give out data.
    ///
    /// # Errors
    /// If they do not fit even so.
    pub fn new<'a>(actions: impl IntoIterator<Item = &'a str>) -> Result<Self, PolicyTooLarge> {
        let mut actions: BTreeSet<String> = actions.into_iter().map(str::to_owned).collect();
        let declared = actions.len();
        let mut text = render(&actions);
        while text.len() > LIMIT {
            let Some(wildcard) = narrowest_wildcard(&actions) else {
                return Err(PolicyTooLarge {
                    actions: declared,
                    size: text.len(),
                });
            };
            actions.retain(|action| !covers(&wildcard, action));
            actions.insert(wildcard);
            text = render(&actions);
        }
        Ok(Self { text, actions })
    }

    /// The policy as JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it allows, sorted: actions, and wildcards if they had to be folded.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().map(String::as_str)
    }
}

fn render(actions: &BTreeSet<String>) -> String {
    let actions: Vec<String> = actions
        .iter()
        .map(|action| format!("\"{action}\""))
        .collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":[{}],"Resource":"*"}}]}}"#,
        actions.join(",")
    )
}

/// Whether a pattern that may end in `*` takes in an action or a narrower pattern.
fn covers(wildcard: &str, action: &str) -> bool {
    match wildcard.strip_suffix('*') {
        Some(prefix) => action.starts_with(prefix),
        None => wildcard == action,
    }
}

/// The wildcard with the most words before its `*` that shortens the policy; of several such, the
/// one that saves most.
fn narrowest_wildcard(actions: &BTreeSet<String>) -> Option<String> {
    let mut groups: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
    for action in actions {
        for (words, prefix) in prefixes(action) {
            groups
                .entry((words, format!("{prefix}*")))
                .or_default()
                .push(action);
        }
    }
    groups
        .into_iter()
        .filter(|((_, wildcard), _)| !DATA.iter().any(|action| covers(wildcard, action)))
        .filter_map(|((words, wildcard), members)| {
            // Each action costs two quotation marks and a comma besides itself.
            let before: usize = members.iter().map(|action| action.len() + 3).sum();
            let saved = before.checked_sub(wildcard.len() + 3)?;
            (members.len() > 1 && saved > 0).then_some((words, saved, wildcard))
        })
        .max_by(|one, other| (one.0, one.1, &other.2).cmp(&(other.0, other.1, &one.2)))
        .map(|(_, _, wildcard)| wildcard)
}

/// The beginnings of an action that may stand before a `*`, each with its number of words:
/// `s3:GetBucketPolicyStatus` has `s3:GetBucket` (2), `s3:GetBucketPolicy` (3) and itself (4).
fn prefixes(action: &str) -> Vec<(usize, &str)> {
    let Some((service, name)) = action.split_once(':') else {
        return Vec::new();
    };
    let bare = name.strip_suffix('*').unwrap_or(name);
    let starts = word_starts(bare);
    let Some((_, least)) = FOLDABLE.iter().find(|(verb, _)| {
        bare.strip_prefix(verb)
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
    }) else {
        return Vec::new();
    };
    (*least..starts.len())
        .filter_map(|words| {
            let end = service.len() + 1 + starts.get(words)?;
            Some((words, action.get(..end)?))
        })
        .collect()
}

/// Where the words of an action's name begin, and its end: `ListMFADevices` is `List`, `MFA` and
/// `Devices`.
fn word_starts(name: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut after_upper = false;
    let mut characters = name.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let upper = character.is_ascii_uppercase();
        let before_lower = characters
            .peek()
            .is_some_and(|(_, next)| next.is_ascii_lowercase());
        if upper && (!after_upper || before_lower) {
            starts.push(at);
        }
        after_upper = upper;
    }
    starts.push(name.len());
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a scan of IAM, S3, EC2 and CloudTrail reads, about.
    const READS: &[&str] = &[
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "ec2:DescribeInstances",
        "ec2:DescribeRegions",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVolumes",
        "ec2:GetEbsEncryptionByDefault",
        "iam:GenerateCredentialReport",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:GetPolicyVersion",
        "iam:ListAccessKeys",
        "iam:ListMFADevices",
        "iam:ListVirtualMFADevices",
        "s3:GetAccountPublicAccessBlock",
        "s3:GetBucketAcl",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetEncryptionConfiguration",
        "s3:ListAllMyBuckets",
    ];

    #[test]
    fn what_fits_is_allowed_one_by_one() {
        let policy = SessionPolicy::new(READS.iter().rev().copied()).unwrap();
        assert!(policy.as_str().len() <= LIMIT);
        assert_eq!(policy.actions().collect::<Vec<_>>(), READS);
        let json: serde_json::Value = serde_json::from_str(policy.as_str()).unwrap();
        let statements = json["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 1);
        assert_eq!(statements[0]["Effect"], "Allow");
        assert_eq!(statements[0]["Resource"], "*");
        assert_eq!(
            statements[0]["Action"].as_array().unwrap().len(),
            READS.len()
        );
    }

    #[test]
    fn what_does_not_fit_is_folded_narrowly() {
        let mut many: Vec<String> = READS.iter().map(|read| (*read).to_owned()).collect();
        many.extend((0..40).map(|number| format!("s3:GetBucketThingA{number}")));
        many.extend((0..40).map(|number| format!("ec2:DescribeThingA{number}")));
        many.extend(
            ["s3:GetObjectAcl", "s3:GetObjectTagging", "iam:CreateUser"].map(str::to_owned),
        );
        let policy = SessionPolicy::new(many.iter().map(String::as_str)).unwrap();
        assert!(policy.as_str().len() <= LIMIT, "{}", policy.as_str().len());
        let allowed: Vec<&str> = policy.actions().collect();
        for action in &many {
            assert!(
                allowed.iter().any(|wildcard| covers(wildcard, action)),
                "{action} is lost"
            );
        }
        assert!(allowed.contains(&"s3:GetBucketThing*"), "{allowed:?}");
        assert!(allowed.contains(&"iam:CreateUser"));
        assert!(allowed.contains(&"ec2:DescribeThingA1"), "{allowed:?}");
        assert!(
            !allowed.contains(&"s3:GetBucket*"),
            "folded more than needed"
        );
        for wildcard in &allowed {
            assert!(!covers(wildcard, "s3:GetObject"), "{wildcard}");
            assert!(!covers(wildcard, "iam:DeleteUser"), "{wildcard}");
        }
    }

    #[test]
    fn only_reads_are_folded_and_too_much_is_an_error() {
        let writes: Vec<String> = (0..100).map(|n| format!("ec2:CreateThing{n}")).collect();
        let error = SessionPolicy::new(writes.iter().map(String::as_str)).unwrap_err();
        assert_eq!(error.actions, 100);
        assert!(error.size > LIMIT);

        assert!(prefixes("iam:GenerateCredentialReport").is_empty());
        assert!(prefixes("ec2:GetawayCar").is_empty());
        assert_eq!(
            prefixes("s3:GetBucketPolicyStatus"),
            [
                (2, "s3:GetBucket"),
                (3, "s3:GetBucketPolicy"),
                (4, "s3:GetBucketPolicyStatus")
            ]
        );
        assert_eq!(prefixes("ec2:Describe*"), [(1, "ec2:Describe")]);
        assert_eq!(
            prefixes("iam:ListMFADevices"),
            [
                (1, "iam:List"),
                (2, "iam:ListMFA"),
                (3, "iam:ListMFADevices")
            ]
        );
    }

    #[test]
    fn folding_ends_even_when_everything_is_folded() {
        let services: Vec<String> = (0..400)
            .map(|n| format!("service{}:ListThing{n}", n % 150))
            .collect();
        assert!(SessionPolicy::new(services.iter().map(String::as_str)).is_err());
    }
}
