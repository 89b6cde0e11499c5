//! The arguments of `blastwall plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::OutputArguments;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin doctor                 is everything there to build one?
  blastwall plugin new my-checks          a project with two checks and their cases
  cd my-checks
  cargo test                              the cases, natively
  blastwall plugin build                  my-checks.wasm
  blastwall plugin test                   the cases in the sandbox
  blastwall scan --plugin-file my-checks.wasm")]
pub(crate) struct PluginArguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Start a project of a plugin in Rust.
    New(NewArguments),
    /// Build a project in Rust to a component.
    Build(BuildArguments),
    /// Run the cases of a plugin in the sandbox.
    Test(TestArguments),
    /// Measure what a plugin costs.
    Bench(BenchArguments),
    /// Tell what a component can do, without running it.
    Inspect(InspectArguments),
    /// Check that everything is there to build plugins with, and tell what to do about the rest.
    Doctor(DoctorArguments),
    /// Print the JSON Schema of a resource type, or list the types.
    Schema(SchemaArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin new my-checks
  blastwall plugin new my-checks --path checks/mine
  blastwall plugin new my-checks --sdk ~/src/blastwall")]
pub(crate) struct NewArguments {
    /// Its name: lower-case words joined by hyphens.
    pub(crate) name: String,

    /// Make it in this directory, which must be new or empty [default: ./NAME].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) path: Option<PathBuf>,

    /// Use the SDK of this checkout of Blastwall instead of the one that comes with the program.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) sdk: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin build
  blastwall plugin build checks/mine -o mine.wasm")]
pub(crate) struct BuildArguments {
    /// The project.
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,

    /// Write the component here [default: DIR/NAME.wasm].
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin test
  blastwall plugin test --check my-checks-bucket-name
  blastwall plugin test my-checks.wasm --cases cases
  blastwall plugin test --bless           expect what the checks say now

Exit codes: 0 all cases pass; 1 one does not.")]
pub(crate) struct TestArguments {
    /// The component, or a project in Rust, which is built first.
    #[arg(value_name = "FILE|DIR", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) plugin: PathBuf,

    /// The folder of the cases [default: DIR/cases, for a component ./cases].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) cases: Option<PathBuf>,

    /// Only the cases of this check (repeatable).
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) check: Vec<String>,

    /// Write the verdicts and messages into the files of the cases that fail.
    #[arg(long)]
    pub(crate) bless: bool,

    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin bench my-checks.wasm
  blastwall plugin bench . --resources 100000
  blastwall plugin bench my-checks.wasm -o json | jq '.checks[] | [.id, .fuel_per_resource]'")]
pub(crate) struct BenchArguments {
    /// The component, or a project in Rust, which is built first.
    #[arg(value_name = "FILE|DIR", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) plugin: PathBuf,

    /// Judge so many resources: those of the cases over and over.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) resources: u32,

    /// The folder of the cases [default: DIR/cases, for a component ./cases if it is there].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) cases: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin inspect foreign.wasm
  blastwall plugin inspect foreign.wasm --describe
  blastwall plugin inspect foreign.wasm -o json | jq '.imports[].name'

Exit codes: 0 the sandbox would load it; 1 it would not.")]
pub(crate) struct InspectArguments {
    /// The component.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// Also list its checks. This compiles the component and lets it describe itself, in the
    /// sandbox.
    #[arg(long)]
    pub(crate) describe: bool,

    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blastwall plugin doctor

Exit codes: 0 plugins in Rust can be built; 1 something is missing.")]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  blastwall plugin schema
  blastwall plugin schema AWS::S3::Bucket
  blastwall plugin schema AWS::S3::Bucket | jq '.properties.config.properties | keys'")]
pub(crate) struct SchemaArguments {
    /// The resource type; without it, all types are listed.
    #[arg(value_name = "TYPE")]
    pub(crate) resource_type: Option<String>,
}
