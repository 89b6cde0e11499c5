//! The plugins of a run: the built-in ones and those of the user.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use blastwall_model::PluginInfo;
use blastwall_runtime::{Engine, Limits, Plugin, default_cache_dir};

use crate::errors::Failure;
use crate::terminal::Terminal;

/// Loads the built-in plugins and those in files.
pub(crate) fn load(files: &[PathBuf], terminal: Terminal) -> Result<Vec<Arc<Plugin>>, Failure> {
    let cache = default_cache_dir();
    if let Some(problem) = cache.as_deref().and_then(Engine::cache_problem) {
        terminal.note(&format!("note: compiled plugins are not kept: {problem}"));
    }
    let engine = Engine::new(&Limits::default(), cache.as_deref())?;
    let mut plugins = Vec::new();
    for builtin in blastwall_builtin::PLUGINS {
        let plugin = engine
            .load(builtin.component)
            .with_context(|| format!("failed to load the built-in plugin `{}`", builtin.name))?;
        plugins.push(Arc::new(plugin));
    }
    for file in files {
        let bytes = std::fs::read(file)
            .with_context(|| format!("failed to read the plugin `{}`", file.display()))
            .map_err(Failure::usage)?;
        let plugin = engine
            .load(&bytes)
            .with_context(|| format!("failed to load the plugin `{}`", file.display()))
            .map_err(Failure::usage)?;
        plugins.push(Arc::new(plugin));
    }
    Ok(plugins)
}

/// What the plugins say about themselves.
pub(crate) fn infos(plugins: &[Arc<Plugin>]) -> Vec<&PluginInfo> {
    plugins.iter().map(|plugin| plugin.info()).collect()
}
