//! Exit codes: part of the contract, listed in `blastwall --help` and the README.

/// The scan was done; no finding reached `--fail-on`. `can`: allowed.
pub(crate) const SUCCESS: u8 = 0;
/// A finding reached `--fail-on`; a case failed, a tool is missing, a component would be refused. `can`: denied.
pub(crate) const FINDINGS: u8 = 1;
/// The command line or the configuration is wrong; nothing was sent. (clap's own code, too.)
pub(crate) const USAGE: u8 = 2;
/// The command could not be carried out: no credentials, no access to the organization, no output.
pub(crate) const FAILURE: u8 = 3;
/// With `--fail-on`: nothing seen reached it, but something could not be seen. `can`: undecided for that
/// reason.
pub(crate) const INCOMPLETE: u8 = 4;
