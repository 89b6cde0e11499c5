//! What a scan tells while it runs.

use blastwall_model::AccountId;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The organization is being read.
    Organization,
    /// The accounts are known; this many will be scanned.
    Accounts(u64),
    /// An account is being entered.
    Started(AccountId),
    /// An account is done, refused or not.
    Finished(AccountId),
    /// All accounts are done; the blast radius is being computed.
    BlastRadius,
}

/// Whoever watches. Called from several tasks; must not block.
pub trait Observer: Send + Sync {
    /// Is told of an event.
    fn event(&self, event: Event);
}

/// Watches nothing.
impl Observer for () {
    fn event(&self, _event: Event) {}
}
