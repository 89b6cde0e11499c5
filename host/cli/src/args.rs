//! The command line as typed. What it means together with configuration and defaults is decided
//! by the commands.

mod can;
mod plugin;
mod policy;
mod reach;

use std::path::PathBuf;

use blastwall_model::{Arn, Severity};
use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use self::can::{CanArguments, ContextArgument};
pub(crate) use self::plugin::{
    BenchArguments, BuildArguments, DoctorArguments, InspectArguments, NewArguments,
    PluginArguments, PluginCommand, SchemaArguments, TestArguments,
};
pub(crate) use self::policy::{
    AnswerFormat, DecideArguments, ExplainArguments, PolicyArguments, PolicyCommand,
};
pub(crate) use self::reach::{
    BlastRadiusArguments, PathArguments, PathFormat, SourceArguments, WhatIfArguments,
    WhoCanArguments,
};
use crate::output::Output;

/// Scan an AWS organization: what is wrong where, what could not be seen, and what falls if
/// something falls.
#[derive(Debug, Parser)]
#[command(
    name = "blastwall",
    version,
    after_help = "\
Exit codes:
  0  done; no finding reached --fail-on
  1  a finding reached --fail-on; of `plugin`: a case failed, something is missing or refused;
     of `can`: denied; of `path`: there is no way; of `doctor`: something stands in the way
  2  the command line or the configuration is wrong; nothing was sent
  3  the command could not be carried out; of `policy decide`: a case could not be read
  4  with --fail-on: nothing seen reached it, but something could not be seen; of `can`: undecided
     for that reason

Examples:
  blastwall demo                                  scan a simulated organization, no AWS needed
  blastwall accounts --profile audit              show the organization
  blastwall doctor --profile audit                what stands in the way of a scan
  blastwall scan --profile audit --role BlastwallAudit
  blastwall scan -o json | jq '.findings[] | select(.verdict == \"fail\")'"
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Read the configuration from this file instead of ./blastwall.toml or
    /// ~/.config/blastwall/blastwall.toml.
    #[arg(long, global = true, value_name = "FILE", env = "BLASTWALL_CONFIG", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,

    /// Say more about what is done, on standard error; twice for every call.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// No progress display and no notes on standard error.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On terminals, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan every account of the organization and report.
    Scan(Box<ScanArguments>),
    /// Show the organization: units, accounts, environments and status.
    Accounts(AccountsArguments),
    /// List the checks, or explain one.
    Checks(ChecksArguments),
    /// Write, build and test checks of your own.
    Plugin(PluginArguments),
    /// Tell whether a principal may do something, and which policies decide.
    Can(CanArguments),
    /// Decide requests, and explain policies; needs no AWS.
    Policy(PolicyArguments),
    /// Tell what falls if an account or a principal falls, and by which path.
    BlastRadius(Box<BlastRadiusArguments>),
    /// Tell every way from one thing to another, and what would stop it.
    Path(Box<PathArguments>),
    /// Tell who may do something, straight or by way of others.
    WhoCan(WhoCanArguments),
    /// Set accounts, environments or units side by side.
    Compare(Box<CompareArguments>),
    /// Write a commented configuration that fits the organization.
    Init(InitArguments),
    /// Print the role that is assumed in every account, for CloudFormation or Terraform.
    RoleTemplate(RoleTemplateArguments),
    /// Tell what stands in the way of a scan, and what to change.
    Doctor(Box<AccessArguments>),
    /// Scan a simulated organization on this machine; needs no AWS.
    Demo(DemoArguments),
    /// Print the completion script of a shell.
    Completions(CompletionsArguments),
}

/// How AWS is reached; names as in the AWS CLI. Every AWS_* variable works as well.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AWS options")]
pub(crate) struct AwsArguments {
    /// Use this profile of ~/.aws/config.
    #[arg(long)]
    pub(crate) profile: Option<String>,

    /// Make the first calls in this region; for a scan, also look only here (repeatable).
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<String>,

    /// Send all calls to this address.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) endpoint_url: Option<String>,

    /// Assume this role in each account: a name, a path and name, or an ARN with {account} and
    /// {partition} in it [default: OrganizationAccountAccessRole].
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,

    /// The external id that the role's trust policy asks for.
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,

    /// The name of the sessions, as CloudTrail shows it [default: blastwall].
    #[arg(long, value_name = "NAME")]
    pub(crate) role_session_name: Option<String>,

    /// How long a session lasts; it is renewed before it ends [default: 3600].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(900..=43200))]
    pub(crate) duration_seconds: Option<u32>,
}

/// Which accounts; several of one kind are alternatives, kinds must all match.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Account filters")]
pub(crate) struct AccountArguments {
    /// Only this account: an id, or a glob over names (repeatable).
    #[arg(long, value_name = "ID|GLOB", value_delimiter = ',')]
    pub(crate) account: Vec<String>,

    /// Only accounts in this unit: an id, or a glob over paths such as Workloads/Prod (repeatable).
    #[arg(long, value_name = "ID|GLOB", value_delimiter = ',')]
    pub(crate) ou: Vec<String>,

    /// Only accounts of this environment (repeatable).
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) environment: Vec<String>,

    /// Only accounts with this tag; the value may be a glob (repeatable).
    #[arg(long, value_name = "KEY[=GLOB]", value_delimiter = ',')]
    pub(crate) tag: Vec<String>,
}

/// Which checks.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Check filters")]
pub(crate) struct CheckArguments {
    /// Only this check (repeatable).
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) check: Vec<String>,

    /// Only the checks of this plugin (repeatable).
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) plugin: Vec<String>,

    /// Only checks of at least this severity.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<SeverityArgument>,

    /// Also load the plugin in this file, a WebAssembly component (repeatable).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) plugin_file: Vec<PathBuf>,
}

/// A severity on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeverityArgument(pub(crate) Severity);

impl ValueEnum for SeverityArgument {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self(Severity::Informational),
            Self(Severity::Low),
            Self(Severity::Medium),
            Self(Severity::High),
            Self(Severity::Critical),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// What comes out, and where to.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArguments {
    /// Print the report in this format, or write it to a file (repeatable): table, json,
    /// json=report.json [default: table].
    #[arg(short, long, value_name = "FORMAT[=PATH]")]
    pub(crate) output: Vec<Output>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall scan --profile audit
  blastwall scan --environment prod --severity high --fail-on critical
  blastwall scan --role BlastwallAudit --external-id 6f2c -o table -o json=report.json
  blastwall scan --save today/ && blastwall scan --from today/ --check iam-root-mfa")]
pub(crate) struct ScanArguments {
    #[command(flatten)]
    pub(crate) aws: AwsArguments,
    #[command(flatten)]
    pub(crate) accounts: AccountArguments,
    #[command(flatten)]
    pub(crate) checks: CheckArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Exit with 1 if a check of at least this severity fails, with 4 if none does but something
    /// could not be seen.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArgument>,

    /// Keep everything that was collected in this directory, which must be new or empty.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "from")]
    pub(crate) save: Option<PathBuf>,

    /// Judge what an earlier --save kept instead of asking AWS.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,

    /// Also collect tags that take calls of their own, those of buckets and trails; without it, a
    /// check that reads them cannot decide.
    #[arg(long, conflicts_with = "from")]
    pub(crate) with_tags: bool,

    /// Also collect everything else that the blast radius reads: secrets, queues, functions, pipelines,
    /// clusters, identity pools and more, mostly a call a resource.
    #[arg(long, conflicts_with_all = ["from", "no_blast_radius"])]
    pub(crate) deep: bool,

    /// Leave the blast radius out, and do not collect what only it reads.
    #[arg(long)]
    pub(crate) no_blast_radius: bool,

    /// Scan this many accounts at once [default: 16].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) parallel_accounts: Option<u16>,

    /// Report how many calls were made and how long each part took.
    #[arg(long)]
    pub(crate) timings: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall accounts
  blastwall accounts --environment prod -o json | jq -r '.accounts[].id'")]
pub(crate) struct AccountsArguments {
    #[command(flatten)]
    pub(crate) aws: AwsArguments,
    #[command(flatten)]
    pub(crate) accounts: AccountArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Show what an earlier `scan --save` kept instead of asking AWS.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall checks
  blastwall checks iam-root-mfa
  blastwall checks --plugin s3 -o json | jq -r '.[].id'")]
pub(crate) struct ChecksArguments {
    /// Explain this check.
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) checks: CheckArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall compare --from today/
  blastwall compare --by environment --severity high
  blastwall compare --from today/ -o json | jq '.checks[] | select(.deviations != [])'")]
pub(crate) struct CompareArguments {
    /// What is set side by side.
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub(crate) by: GroupingArgument,
    #[command(flatten)]
    pub(crate) aws: AwsArguments,
    #[command(flatten)]
    pub(crate) accounts: AccountArguments,
    #[command(flatten)]
    pub(crate) checks: CheckArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Compare what an earlier `scan --save` kept instead of asking AWS.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,
}

/// What is set side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupingArgument {
    /// Accounts.
    #[default]
    Account,
    /// Environments.
    Environment,
    /// Organizational units.
    Ou,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall init --profile audit --role BlastwallAudit
  blastwall init --from today/ --file -")]
pub(crate) struct InitArguments {
    /// Write this file; `-` prints.
    #[arg(long, value_name = "FILE", default_value = "blastwall.toml", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// Replace the file if it is there.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) aws: AwsArguments,

    /// Look at what an earlier `scan --save` kept instead of asking AWS.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall role-template --role BlastwallAudit > role.yaml
  blastwall role-template --format terraform --external-id 6f2c > role.tf
  blastwall role-template --caller arn:aws:iam::111122223333:role/scanner")]
pub(crate) struct RoleTemplateArguments {
    /// For which tool.
    #[arg(long, value_enum, default_value_t, value_name = "TOOL")]
    pub(crate) format: RoleFormat,

    /// Who may assume the role: the ARN of a user or role, without asking AWS; without it, whoever
    /// the credentials belong to.
    #[arg(long, value_name = "ARN")]
    pub(crate) caller: Option<Arn>,

    /// Also allow what a scan with --deep reads.
    #[arg(long)]
    pub(crate) deep: bool,

    /// Also allow what the checks of this component read (repeatable).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) plugin_file: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) aws: AwsArguments,
}

/// For which tool a template is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleFormat {
    /// A CloudFormation template, fit for a service-managed stack set.
    #[default]
    Cloudformation,
    /// A Terraform file for the AWS provider.
    Terraform,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall doctor --profile audit --role BlastwallAudit
  blastwall doctor -o json | jq '.fixes'")]
pub(crate) struct AccessArguments {
    #[command(flatten)]
    pub(crate) aws: AwsArguments,
    #[command(flatten)]
    pub(crate) accounts: AccountArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Look at what an earlier `scan --save` kept instead of asking AWS.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall demo
  blastwall demo -o json | jq '.blast.crossings'
  blastwall demo --serve          keep the simulated organization running for other commands")]
pub(crate) struct DemoArguments {
    /// Serve this organization instead of the built-in one; the format is that of `scan --save`.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) organization: Option<PathBuf>,

    /// Only serve, until interrupted, and print the environment variables that lead to it.
    #[arg(long, conflicts_with_all = ["output", "fail_on"])]
    pub(crate) serve: bool,

    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// As for `scan`.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArgument>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blastwall completions bash > ~/.local/share/bash-completion/completions/blastwall")]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}
