//! What the host keeps for one instance: limits, log, and the evaluation that it answers for.

use std::sync::Arc;

use wasmtime::component::{Resource, ResourceTable};
use wasmtime::{Error, ResourceLimiter, Result};

use crate::bindings::{log, organization, resources, types};
use crate::error::Failure;
use crate::evaluation::{LogLevel, LogLine};
use crate::judging::{Cursor, Judging, WideCursor};
use crate::limits::Limits;

/// The cursors that may be open at once; one a type is usual.
const CURSORS: usize = 256;

const ONLY_LOG: &str = "`describe` may call nothing but `log`";

/// Carries a failure out through wasmtime, which ends the instance with it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Stop(pub(crate) Failure);

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

/// Ends the instance because it broke the contract.
pub(crate) fn broken(how: impl Into<String>) -> Stop {
    Stop(Failure::ContractBroken { how: how.into() })
}

/// The data of a store.
pub(crate) struct State {
    pub(crate) limits: Arc<Limits>,
    cursors: ResourceTable,
    /// None while the plugin describes itself.
    pub(crate) judging: Option<Judging>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) log_dropped: usize,
    memory: usize,
    pub(crate) peak_memory: usize,
    table_elements: usize,
}

impl State {
    pub(crate) fn new(limits: &Arc<Limits>, judging: Option<Judging>) -> Self {
        let mut cursors = ResourceTable::new();
        cursors.set_max_capacity(CURSORS);
        Self {
            limits: Arc::clone(limits),
            cursors,
            judging,
            log: Vec::new(),
            log_dropped: 0,
            memory: 0,
            peak_memory: 0,
            table_elements: 0,
        }
    }

    /// The last error that was logged.
    pub(crate) fn said(&self) -> Option<String> {
        let errors = self.log.iter().rev();
        let mut errors = errors.filter(|line| line.level == LogLevel::Error);
        errors.next().map(|line| line.message.clone())
    }

    /// What is judged, to be put back.
    pub(crate) fn take_judging(&mut self) -> Result<Judging, Stop> {
        self.judging.take().ok_or_else(|| broken(ONLY_LOG))
    }

    pub(crate) fn judging(&mut self) -> Result<&mut Judging, Stop> {
        self.judging.as_mut().ok_or_else(|| broken(ONLY_LOG))
    }
}

impl types::Host for State {}

impl resources::Host for State {
    fn open(&mut self, resource_type: String) -> Result<Resource<Cursor>> {
        let cursor = self.judging()?.open(&resource_type);
        Ok(self.cursors.push(cursor)?)
    }

    fn gaps(&mut self, resource_type: String) -> Result<Vec<String>> {
        Ok(self.judging()?.gaps(&resource_type).to_vec())
    }
}

impl resources::HostCursor for State {
    fn next(&mut self, cursor: Resource<Cursor>) -> Result<Option<String>> {
        let page_bytes = self.limits.page_bytes;
        let cursor = self.cursors.get_mut(&cursor)?;
        let Some(judging) = &mut self.judging else {
            return Ok(None);
        };
        Ok(judging.page(cursor, page_bytes))
    }

    fn drop(&mut self, cursor: Resource<Cursor>) -> Result<()> {
        self.cursors.delete(cursor)?;
        Ok(())
    }
}

impl organization::Host for State {
    fn open(&mut self, resource_type: String) -> Result<Resource<WideCursor>> {
        let cursor = self.judging()?.open_wide(&resource_type);
        Ok(self.cursors.push(cursor)?)
    }

    fn gaps(&mut self, resource_type: String) -> Result<Vec<String>> {
        Ok(self.judging()?.wide_gaps(&resource_type).to_vec())
    }
}

impl organization::HostCursor for State {
    fn next(&mut self, cursor: Resource<WideCursor>) -> Result<Option<String>> {
        let cursor = self.cursors.get_mut(&cursor)?;
        let Some(judging) = &mut self.judging else {
            return Ok(None);
        };
        Ok(judging.wide_page(cursor)?)
    }

    fn drop(&mut self, cursor: Resource<WideCursor>) -> Result<()> {
        self.cursors.delete(cursor)?;
        Ok(())
    }
}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) -> Result<()> {
        if self.log.len() >= self.limits.log_lines {
            self.log_dropped += 1;
            return Ok(());
        }
        self.log.push(LogLine {
            level: match level {
                log::Level::Debug => LogLevel::Debug,
                log::Level::Info => LogLevel::Info,
                log::Level::Warn => LogLevel::Warn,
                log::Level::Error => LogLevel::Error,
            },
            message: cut(message, self.limits.log_line_bytes),
        });
        Ok(())
    }
}

/// The text, at most so many bytes of it.
pub(crate) fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        let end = (0..=bytes).rev().find(|&end| text.is_char_boundary(end));
        text.truncate(end.unwrap_or(0));
        text.push('…');
        // What was cut off would be kept otherwise: thirty megabytes a line.
        text.shrink_to_fit();
    }
    text
}

/// Counts over all memories and tables of the instance and fails with a type, where returning
/// "no" would leave the plugin to guess and the host to wonder.
impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        let memory = self.memory.saturating_add(desired.saturating_sub(current));
        if memory > self.limits.memory {
            let limit = self.limits.memory;
            return Err(Error::new(Stop(Failure::OutOfMemory { limit })));
        }
        self.memory = memory;
        self.peak_memory = self.peak_memory.max(memory);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool> {
        let elements = self
            .table_elements
            .saturating_add(desired.saturating_sub(current));
        if elements > self.limits.table_elements {
            let limit = self.limits.table_elements;
            return Err(Error::new(Stop(Failure::OutOfTable { limit })));
        }
        self.table_elements = elements;
        Ok(true)
    }
}
