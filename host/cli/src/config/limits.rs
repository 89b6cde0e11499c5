//! `[plugins.limits]`: how much plugins may use, all of them and each by name.
//!
//! ```toml
//! [plugins.limits]
//! time-seconds = 30
//!
//! [plugins.limits.inventory]
//! memory-mib = 512
//! ```

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use blastwall_runtime::Limits;

use super::decoder::Table;

const KIB: i64 = 1024;
const MIB: i64 = 1024 * KIB;

/// One limit of the configuration.
#[derive(Debug)]
struct Setting {
    key: &'static str,
    range: RangeInclusive<i64>,
    /// Whether one plugin alone can have it.
    each: bool,
    set: fn(&mut Limits, i64),
}

/// Every limit that can be set. What they mean and how they were chosen is with [`Limits`].
const SETTINGS: &[Setting] = &[
    Setting {
        key: "memory-mib",
        range: 1..=4095,
        each: true,
        set: |limits, value| limits.memory = size(value * MIB),
    },
    Setting {
        key: "time-seconds",
        range: 1..=86_400,
        each: true,
        set: |limits, value| limits.time = seconds(value),
    },
    Setting {
        key: "table-elements",
        range: 1..=10_000_000,
        each: true,
        set: |limits, value| limits.table_elements = size(value),
    },
    Setting {
        key: "findings",
        range: 1..=1_000_000_000,
        each: true,
        set: |limits, value| limits.findings = size(value),
    },
    Setting {
        key: "finding-kib",
        range: 1..=1_048_576,
        each: true,
        set: |limits, value| limits.finding_bytes = size(value * KIB),
    },
    Setting {
        key: "findings-mib",
        range: 1..=1_048_576,
        each: true,
        set: |limits, value| limits.findings_bytes = size(value * MIB),
    },
    Setting {
        key: "log-lines",
        range: 0..=1_000_000,
        each: true,
        set: |limits, value| limits.log_lines = size(value),
    },
    Setting {
        key: "failures-in-a-row",
        range: 1..=1_000_000,
        each: true,
        set: |limits, value| limits.failures_in_a_row = u32::try_from(value).unwrap_or(u32::MAX),
    },
    Setting {
        key: "stack-kib",
        range: 64..=8_192,
        each: false,
        set: |limits, value| limits.stack = size(value * KIB),
    },
    Setting {
        key: "component-mib",
        range: 1..=4_096,
        each: false,
        set: |limits, value| limits.component_bytes = size(value * MIB),
    },
    Setting {
        key: "compile-seconds",
        range: 1..=86_400,
        each: false,
        set: |limits, value| limits.compile_time = seconds(value),
    },
    Setting {
        key: "instances",
        range: 1..=1_000,
        each: false,
        set: |limits, value| limits.instances = u32::try_from(value).unwrap_or(u32::MAX),
    },
];

fn size(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn seconds(value: i64) -> Duration {
    Duration::from_secs(value.unsigned_abs())
}

/// What is set.
type Values = Vec<(&'static Setting, i64)>;

/// What the configuration says about limits.
#[derive(Debug, Default)]
pub(crate) struct PluginLimits {
    all: Values,
    by_plugin: BTreeMap<String, Values>,
}

impl PluginLimits {
    /// Those of all plugins that have none of their own.
    pub(crate) fn base(&self) -> Limits {
        let mut limits = Limits::default();
        apply(&self.all, &mut limits);
        limits
    }

    /// Those of one plugin.
    pub(crate) fn of(&self, plugin: &str) -> Limits {
        let mut limits = self.base();
        if let Some(values) = self.by_plugin.get(plugin) {
            apply(values, &mut limits);
        }
        limits
    }

    /// Those of the sandbox, which must have room for every plugin.
    pub(crate) fn largest(&self) -> Limits {
        let mut limits = self.base();
        for plugin in self.names() {
            let of = self.of(plugin);
            limits.memory = limits.memory.max(of.memory);
            limits.table_elements = limits.table_elements.max(of.table_elements);
        }
        limits
    }

    /// The plugins that have limits of their own.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_plugin.keys().map(String::as_str)
    }
}

fn apply(values: &Values, limits: &mut Limits) {
    for (setting, value) in values {
        (setting.set)(limits, *value);
    }
}

/// Under which key the place of a plugin's limits is remembered; no check can have it.
pub(super) fn place(plugin: &str) -> String {
    format!("[plugins.limits.{plugin}]")
}

pub(super) fn read(
    mut table: Table<'_>,
    spans: &mut BTreeMap<String, Range<usize>>,
) -> PluginLimits {
    let mut limits = PluginLimits {
        all: values(&mut table, |_| true),
        ..PluginLimits::default()
    };
    for (name, span, mut table) in table.named_tables() {
        spans.insert(place(name), span);
        let values = values(&mut table, |setting| setting.each);
        table.finish();
        limits.by_plugin.insert(name.to_owned(), values);
    }
    table.finish();
    limits
}

fn values(table: &mut Table<'_>, wanted: fn(&Setting) -> bool) -> Values {
    SETTINGS
        .iter()
        .filter(|setting| wanted(setting))
        .filter_map(|setting| Some((setting, table.integer(setting.key, setting.range.clone())?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::ConfigFile;
    use super::*;

    fn parse(source: &str) -> Result<ConfigFile, String> {
        ConfigFile::parse(Path::new("blastwall.toml"), source).map_err(|error| error.to_string())
    }

    #[test]
    fn limits_of_all_and_of_one() {
        let file =
            parse("[plugins.limits]\ntime-seconds = 5\n[plugins.limits.s3]\nmemory-mib = 512\n")
                .unwrap();
        let limits = &file.config.limits;
        assert_eq!(limits.of("iam").time, Duration::from_secs(5));
        assert_eq!(limits.of("iam").memory, Limits::default().memory);
        assert_eq!(limits.of("s3").memory, 512 << 20);
        assert_eq!(limits.largest().memory, 512 << 20);
        assert!(file.check_limits(&["s3"]).is_ok());
        let error = file.check_limits(&["logging"]).unwrap_err().to_string();
        assert!(error.contains("blastwall.toml:3:17"), "{error}");
        assert!(error.contains("there are logging"), "{error}");
    }

    #[test]
    fn wrong_limits_are_shown_where_they_stand() {
        for (source, expected) in [
            (
                "[plugins.limits]\ntime-secs = 5\n",
                "did you mean `time-seconds`?",
            ),
            (
                "[plugins.limits]\nmemory-mib = 0\n",
                "must be from 1 to 4095",
            ),
            (
                "[plugins.limits.s3]\nstack-kib = 64\n",
                "unknown key `stack-kib`",
            ),
            (
                "[plugins.limits]\ntime-seconds = \"5 s\"\n",
                "must be a whole number",
            ),
        ] {
            let error = parse(source).unwrap_err();
            assert!(error.contains(expected), "{source}: {error}");
        }
    }
}
