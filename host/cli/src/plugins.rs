//! The plugins of a run: the built-in ones and those of the user.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use blastwall_model::PluginInfo;
use blastwall_runtime::{Engine, Plugin, default_cache_dir};
use blastwall_scan::UnloadedPlugin;

use crate::config::{ConfigFile, PluginLimits};
use crate::errors::Failure;
use crate::terminal::Terminal;

/// The plugins of a run.
#[derive(Debug, Default)]
pub(crate) struct Plugins {
    pub(crate) loaded: Vec<Arc<Plugin>>,
    /// Components that are no plugins: they cost their own checks and nothing else.
    pub(crate) unloaded: Vec<UnloadedPlugin>,
}

/// Loads the built-in plugins and those in files.
pub(crate) fn load(
    files: &[PathBuf],
    config: &ConfigFile,
    terminal: Terminal,
) -> Result<Plugins, Failure> {
    let cache = default_cache_dir();
    if let Some(problem) = cache.as_deref().and_then(Engine::cache_problem) {
        terminal.note(&format!("note: compiled plugins are not kept: {problem}"));
    }
    let limits = &config.config.limits;
    let engine = Engine::new(&limits.largest(), cache.as_deref())?;
    let mut plugins = Plugins::default();
    for builtin in blastwall_builtin::PLUGINS {
        let plugin = engine
            .load(builtin.component)
            .with_context(|| format!("failed to load the built-in plugin `{}`", builtin.name))?;
        plugins.add(plugin, limits);
    }
    for file in files {
        let bytes = std::fs::read(file)
            .with_context(|| format!("failed to read the plugin `{}`", file.display()))
            .map_err(Failure::usage)?;
        match engine.load(&bytes) {
            Ok(plugin) => plugins.add(plugin, limits),
            Err(error) => {
                let message = format!("{:#}", anyhow::Error::from(error));
                terminal.note(&format!(
                    "warning: the plugin `{}` cannot be loaded and its checks will not run: {}",
                    file.display(),
                    message
                ));
                let name = file.file_stem().unwrap_or_default();
                plugins.unloaded.push(UnloadedPlugin {
                    name: name.to_string_lossy().into_owned(),
                    digest: blastwall_runtime::digest(&bytes),
                    message,
                });
            }
        }
    }
    let known: Vec<&str> = plugins
        .loaded
        .iter()
        .map(|plugin| plugin.info().name.as_str())
        .collect();
    // The plugin that the limits are for may be the one that cannot be loaded.
    if plugins.unloaded.is_empty() {
        config.check_limits(&known).map_err(Failure::usage)?;
    }
    Ok(plugins)
}

impl Plugins {
    fn add(&mut self, plugin: Plugin, limits: &PluginLimits) {
        let own = limits.of(&plugin.info().name);
        self.loaded.push(Arc::new(plugin.with_limits(own)));
    }
}

/// What the plugins say about themselves.
pub(crate) fn infos(plugins: &[Arc<Plugin>]) -> Vec<&PluginInfo> {
    plugins.iter().map(|plugin| plugin.info()).collect()
}
