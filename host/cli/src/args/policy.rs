//! The arguments of `blastwall policy`.

use std::path::PathBuf;

use blastwall_model::AccountId;
use clap::{Args, Subcommand, ValueEnum, ValueHint};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall policy decide < cases.jsonl
  blastwall policy explain bucket-policy.json --account 111122223333")]
pub(crate) struct PolicyArguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Decide requests that come with all of their policies, one line of JSON each.
    Decide(DecideArguments),
    /// Tell in plain words whom a policy lets in, what it allows, and what to mind about it.
    Explain(ExplainArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
A case is a JSON object: `request` with `principal`, `action`, `resource`, `resource_account` and
`context`; the policies in `identity`, `boundary`, `session`, `resource_policy`, `scps`, `rcps`,
`vpce`, or `org`; and an `id`. The input is one case a line, an array, or an object whose `cases`
is an array. Fields that are not of the format are passed over and named as `ignored`, unless they
look misspelt.

For each case, in order, one line is printed: `id`, `decision` (allow or deny), `kind` (Allowed,
ExplicitlyDenied or ImplicitlyDenied) and `reason`; or `id` and `error`. Cases on lines of their own
are answered as they come.

Exit codes:
  0  every case was decided
  2  the command line is wrong, or there is no such file
  3  a case could not be read; its line has an `error`

Examples:
  blastwall policy decide cases.json
  blastwall policy decide < cases.jsonl | jq -r 'select(.decision == \"allow\") | .id'")]
pub(crate) struct DecideArguments {
    /// Read the cases from this file instead of standard input (also `-`).
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
It tells what the policy says by itself; whether a request is allowed depends on all other policies
as well (`blastwall policy decide`, `blastwall can`). Indices in the JSON count from 0.

Exit codes:
  0  the policy was explained, whatever it says
  2  the command line is wrong, there is no such file, or what is in it is no policy

Examples:
  blastwall policy explain trust-policy.json
  blastwall policy explain bucket-policy.json --account 111122223333
  aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument |
    blastwall policy explain - -o json | jq -r '.remarks[].text'")]
pub(crate) struct ExplainArguments {
    /// The policy, as JSON; `-` for standard input.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// The account whose resource or role it is on; everyone else is then a stranger.
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<AccountId>,

    /// Print it in this format.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: AnswerFormat,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object.
    Json,
}
