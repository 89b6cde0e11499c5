//! The arguments of the commands about reach: `blast-radius`, `path` and `who-can`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use blastwall_model::Arn;
use clap::{Args, ValueEnum, ValueHint};

use super::{AnswerFormat, AwsArguments, ContextArgument, OutputArguments};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall blast-radius
  blastwall blast-radius 111122223333
  blastwall blast-radius dev --from today/
  blastwall blast-radius --from today/ --advise 3
  blastwall blast-radius arn:aws:iam::111122223333:role/deploy --from today/
  blastwall blast-radius dev --from today/ --with-scp no-trust-changes.json@ou-abcd-11111111")]
pub(crate) struct BlastRadiusArguments {
    /// What falls, several at once if given so: an account (id or name), an environment, the ARN of a
    /// user, role or workload, `anyone`, an outside account, or a repository at a CI provider
    /// (`repo:acme/web`); without it, every account in turn.
    #[arg(value_name = "START")]
    pub(crate) start: Vec<String>,

    /// Without START: also tell the changes that help most, so many of them, and what each guardrail is
    /// worth. Every candidate is tried, which takes a while in a large organization.
    #[arg(long, value_name = "NUMBER", conflicts_with = "start", value_parser = at_least_one)]
    pub(crate) advise: Option<usize>,
    #[command(flatten)]
    pub(crate) what_if: WhatIfArguments,
    #[command(flatten)]
    pub(crate) aws: AwsArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    #[command(flatten)]
    pub(crate) source: SourceArguments,
}

/// Where what reach is computed from comes from.
#[derive(Clone, Debug, Args)]
pub(crate) struct SourceArguments {
    /// Compute from what an earlier `scan --save` kept instead of asking AWS.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,

    /// Also collect everything else that has a say: buses, databases, pipelines, stacks, identity pools
    /// and more, mostly a call a resource.
    #[arg(long, conflicts_with = "from")]
    pub(crate) deep: bool,
}

impl SourceArguments {
    /// What is stored in a directory.
    pub(crate) fn stored(from: &Path) -> Self {
        Self {
            from: Some(from.to_owned()),
            deep: false,
        }
    }
}

/// Changes that nobody has made yet: the answer says what they would change.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What-if options")]
pub(crate) struct WhatIfArguments {
    /// As if no link led straight from the one to the other (repeatable): each an account, the ARN of a user,
    /// role, workload or store of data, or a party outside; `*` at the beginning is everybody whom a policy
    /// lets in. `path` and `--advise` print links in this form.
    #[arg(long, value_name = "FROM->TO")]
    pub(crate) without: Vec<Link>,

    /// As if the service control policy in this file were attached to a root, unit or account
    /// (repeatable).
    #[arg(long, value_name = "FILE@TARGET")]
    pub(crate) with_scp: Vec<At>,

    /// As if a user or role had the identity policy in this file besides those that it has (repeatable).
    #[arg(long, value_name = "FILE@ARN")]
    pub(crate) with_policy: Vec<At>,
}

/// A number of things that are told.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("expected a whole number of at least 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

/// A straight link, `dev->prod`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("->") {
            Some((from, to)) if !from.trim().is_empty() && !to.trim().is_empty() => Ok(Self {
                from: from.trim().to_owned(),
                to: to.trim().to_owned(),
            }),
            _ => Err("expected two things and `->` between them".to_owned()),
        }
    }
}

/// A file and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) file: PathBuf,
    pub(crate) place: String,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.rsplit_once('@') {
            Some((file, place)) if !file.is_empty() && !place.is_empty() => Ok(Self {
                file: file.into(),
                place: place.to_owned(),
            }),
            _ => Err("expected a file, `@` and what it is for".to_owned()),
        }
    }
}

impl At {
    /// The ARN that it is for.
    pub(crate) fn arn(&self) -> Result<Arn, blastwall_model::IdError> {
        self.place.parse()
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
How sure a step is:
  certain      the policies allow it, and nothing is left open
  conditional  it hangs on something that is told, which the attacker may not have
  speculative  it takes a flaw or a mistake that no policy shows

Exit codes:
  0  there is a way
  1  there is none
  4  none was found, but not everything could be seen

Examples:
  blastwall path dev-shop prod-shop --from today/
  blastwall path dev prod --from today/
  blastwall path arn:aws:iam::111122223333:role/ci 444455556666 --from today/ -o mermaid
  blastwall path anyone prod-shop --from today/ -o json | jq '.proofs[0].steps[].link'
  blastwall path dev-shop prod-shop --from today/ -o dot | dot -Tsvg > ways.svg")]
pub(crate) struct PathArguments {
    /// What falls: an account (id or name), an environment, the ARN of a user, role or workload,
    /// `anyone`, an outside account, a repository at a CI provider (`repo:acme/web`), or a user or group
    /// of Identity Center.
    pub(crate) start: String,

    /// What is to be reached: an account, the ARN of a user, role, workload or what holds data, or an
    /// environment, of whose accounts the nearest are told.
    pub(crate) target: String,

    /// Tell no more ways than this.
    #[arg(long, default_value_t = 10, value_name = "NUMBER", value_parser = at_least_one)]
    pub(crate) limit: usize,

    /// Print it in this format.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: PathFormat,
    #[command(flatten)]
    pub(crate) what_if: WhatIfArguments,
    #[command(flatten)]
    pub(crate) aws: AwsArguments,

    #[command(flatten)]
    pub(crate) source: SourceArguments,
}

/// How ways are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PathFormat {
    /// Step by step, for people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// A Mermaid flowchart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall who-can s3:GetObject arn:aws:s3:::backups/db --from today/
  blastwall who-can sts:AssumeRole arn:aws:iam::444455556666:role/deploy --from today/
  blastwall who-can kms:Decrypt arn:aws:kms:eu-west-1:111122223333:key/1 --context kms:ViaService=s3.eu-west-1.amazonaws.com --from today/
  blastwall who-can s3:DeleteObject arn:aws:s3:::backups/db --from today/ -o json | jq -r '.direct[].principal'
  blastwall who-can s3:GetObject arn:aws:s3:::backups/db --from today/ --with-scp fence.json@dev")]
pub(crate) struct WhoCanArguments {
    /// What is done, such as s3:GetObject.
    pub(crate) action: String,

    /// What it is done to: an ARN, or `*` for an action without resource.
    pub(crate) resource: String,

    /// Ask even about an action that the built-in list of AWS actions does not have.
    #[arg(long)]
    pub(crate) unlisted_action: bool,

    /// Give a condition key of the direct requests; once more with the same key for another value
    /// (repeatable).
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<ContextArgument>,

    /// Ask about what an earlier `scan --save` kept.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: PathBuf,

    /// Print it in this format.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: AnswerFormat,
    #[command(flatten)]
    pub(crate) what_if: WhatIfArguments,
}
