//! How much a plugin may use.

use std::time::Duration;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// How much a plugin may use, in one evaluation unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, all memories together. 256 MiB: room for an interpreter and for the
    /// resources of the types that checks join, which are kept; a Rust plugin that judges one
    /// resource after the other takes 2 MB, however many there are.
    pub memory: usize,
    /// Wall-clock time. 30 s: 100,000 buckets and four checks take 4 s in a development build.
    pub time: Duration,
    /// Bytes of stack. 1 MiB: half of what a thread of the host has.
    pub stack: usize,
    /// Elements of all tables together. 100,000: one for each function that is called through a
    /// pointer, of which interpreters have many.
    pub table_elements: usize,
    /// Findings. 2,000,000: twenty checks on 100,000 resources.
    pub findings: usize,
    /// Bytes of one finding with its evidence. 256 KiB: a policy document and its reasons.
    pub finding_bytes: usize,
    /// Bytes of all findings together. 512 MiB.
    pub findings_bytes: usize,
    /// Bytes that one call into the host may hand over. 32 MiB: a string can be named a thousand
    /// times in one list, and each time it is copied.
    pub call_bytes: usize,
    /// Lines of log that are kept; more are counted. 1,000.
    pub log_lines: usize,
    /// Bytes of a line of log; the rest is cut off. 4 KiB.
    pub log_line_bytes: usize,
    /// Bytes of a page of resources, unless one document alone is larger. 256 KiB: some hundred
    /// documents a call, and little of the plugin's memory.
    pub page_bytes: usize,
    /// Bytes of the component. 96 MiB: room for an interpreter with its library.
    pub component_bytes: usize,
    /// Evaluations in a row that a plugin may fail before it is not asked any more. 10: what fails
    /// everywhere costs its time on ten accounts and not on ten thousand.
    pub failures_in_a_row: u32,
    /// Wall-clock time that compiling the component may take. 120 s: CPython takes ten on a desk.
    pub compile_time: Duration,
    /// Evaluations at once, over all plugins. 16; each reserves address space, not memory.
    pub instances: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 * MIB,
            time: Duration::from_secs(30),
            stack: MIB,
            table_elements: 100_000,
            findings: 2_000_000,
            finding_bytes: 256 * KIB,
            findings_bytes: 512 * MIB,
            call_bytes: 32 * MIB,
            log_lines: 1_000,
            log_line_bytes: 4 * KIB,
            page_bytes: 256 * KIB,
            component_bytes: 96 * MIB,
            failures_in_a_row: 10,
            compile_time: Duration::from_secs(120),
            instances: 16,
        }
    }
}
