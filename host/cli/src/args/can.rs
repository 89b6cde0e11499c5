//! The arguments of `blastwall can`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueHint};

use super::AnswerFormat;

#[derive(Debug, Args)]
#[command(after_help = "\
It puts together every policy that binds the request: service and resource control policies by the
tree of units, identity policies (those of groups included), the permissions boundary, and the policy of
what is asked for: of a role its trust policy. Where one may have a say and was not seen, the answer stays
open. Condition keys that are not given are absent from the
request, except for those that follow from principal and resource; the answer names those on which it
depends.

Exit codes:
  0  allowed
  1  denied, whatever was not seen
  2  the command line is wrong, or there is no such principal or role
  3  what is stored cannot be read
  4  undecided: it hangs on something that could not be seen

Examples:
  blastwall scan --profile audit --save today/
  blastwall can arn:aws:iam::111122223333:role/deploy s3:GetObject arn:aws:s3:::backups/db --from today/
  blastwall can 111122223333 iam:CreateUser '*' --from today/
  blastwall can arn:aws:iam::111122223333:user/ann sts:AssumeRole arn:aws:iam::444455556666:role/admin \\
    --context aws:MultiFactorAuthPresent=true --from today/ -o json | jq -r '.verdict, .gaps[]'")]
pub(crate) struct CanArguments {
    /// Who asks: the ARN of a user, role, assumed-role session or root user, an account id (its root
    /// user), or the name of a service.
    pub(crate) principal: String,

    /// What it wants to do, such as s3:GetObject.
    pub(crate) action: String,

    /// What it wants to do it to: an ARN, or `*` for an action without resource.
    pub(crate) resource: String,

    /// Ask even about an action that the built-in list of AWS actions does not have.
    #[arg(long)]
    pub(crate) unlisted_action: bool,

    /// Give a condition key of the request; once more with the same key for another value
    /// (repeatable).
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<ContextArgument>,

    /// Ask about what an earlier `scan --save` kept.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,

    /// Print it in this format.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: AnswerFormat,
}

/// A condition key with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContextArgument {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl ContextArgument {
    /// Each key with all of its values.
    pub(crate) fn by_key(given: &[Self]) -> Vec<(String, Vec<String>)> {
        let mut context: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for one in given {
            let values = context.entry(&one.key).or_default();
            values.push(one.value.clone());
        }
        let context = context.into_iter();
        context
            .map(|(key, values)| (key.to_owned(), values))
            .collect()
    }
}

impl FromStr for ContextArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if key.contains(':') => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(
                "expected a condition key and a value, such as aws:SourceIp=192.0.2.1".to_owned(),
            ),
        }
    }
}
