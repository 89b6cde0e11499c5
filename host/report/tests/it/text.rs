//! What people read, as snapshots. Look at them as a user would.
#![allow(clippy::unwrap_used, reason = "tests may")]

mod sample;

use blastwall_report::{Format, Report, Style};

const NARROW: Style = Style {
    color: false,
    width: Some(110),
    unicode: true,
    limit: Some(6),
};

fn table(report: &Report, style: &Style) -> String {
    let mut text = Vec::new();
    Format::Table.render(report, style, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn table_on_a_terminal() {
    insta::assert_snapshot!(table(&sample::report(), &NARROW));
}

#[test]
fn table_in_full() {
    insta::assert_snapshot!(table(&sample::report(), &Style::FULL));
}
