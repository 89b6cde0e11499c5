//! The output formats, one file each. A new one is a file beside these and its line in
//! the list below.

mod json;
mod table;

use std::io::{self, Write};
use std::str::FromStr;

use crate::{Report, Style};

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $module:ident),* $(,)?) => {
        /// A way to write a report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format {
            $($(#[$doc])* $variant),*
        }

        impl Format {
            /// All of them, in the order in which help lists them.
            pub const ALL: &'static [Format] = &[$(Format::$variant),*];

            /// Its name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Format::$variant => stringify!($module)),* }
            }

            /// Writes the report. `style` concerns only formats that people read.
            ///
            /// # Errors
            /// What the writer answers.
            pub fn render(
                self,
                report: &Report,
                style: &Style,
                writer: &mut dyn Write,
            ) -> io::Result<()> {
                match self { $(Format::$variant => $module::render(report, style, writer)),* }
            }
        }
    };
}

formats! {
    /// For people: posture, worst findings, coverage and blast radius as text.
    Table = table,
    /// For programs: one JSON object, `blastwall-report/1`.
    Json = json,
}

/// A format that there is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{name}`; the formats are {}", names())]
pub struct UnknownFormat {
    /// What was asked for.
    pub name: String,
}

fn names() -> String {
    let names: Vec<String> = Format::ALL
        .iter()
        .map(|format| format!("`{}`", format.name()))
        .collect();
    names.join(", ")
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Format::ALL
            .iter()
            .copied()
            .find(|format| format.name() == text)
            .ok_or_else(|| UnknownFormat {
                name: text.to_owned(),
            })
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(*format));
        }
        assert_eq!(
            "xml".parse::<Format>().unwrap_err().to_string(),
            "there is no format `xml`; the formats are `table`, `json`"
        );
    }
}
