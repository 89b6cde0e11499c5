//! What a command prints, against what the guide shows of it.

/// What the lines of cargo's progress begin with.
const PROGRESS: [&str; 12] = [
    "Adding",
    "Blocking",
    "Compiling",
    "Doc-tests",
    "Downloaded",
    "Downloading",
    "Finished",
    "Fresh",
    "Locking",
    "Running",
    "Updating",
    "error: test failed",
];

/// What differs from machine to machine, as the word after the number.
const UNITS: [&str; 7] = ["B", "kB", "MB", "s", "ms", "µs", "functions,"];

/// What is printed, without cargo's progress, without empty lines at both ends or in a row.
pub(crate) fn essential(printed: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in printed.lines().map(str::trim_end) {
        let word = line.trim_start();
        let is_progress = PROGRESS.iter().any(|progress| {
            let rest = word.strip_prefix(progress);
            rest.is_some_and(|rest| rest.starts_with([' ', ',']))
        });
        let is_repeated = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
        if !is_progress && !is_repeated {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n").trim_end().to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Whether the guide shows what is printed.
pub(crate) fn agree(shown: &str, printed: &str) -> bool {
    let shown: Vec<String> = shown.lines().map(steady).collect();
    let printed: Vec<String> = printed.lines().map(steady).collect();
    matches(&shown, &printed, "…", |shown, printed| {
        let shown: Vec<String> = shown.chars().map(String::from).collect();
        let printed: Vec<String> = printed.chars().map(String::from).collect();
        matches(&shown, &printed, "…", |shown, printed| shown == printed)
    })
}

/// Whether a list is one with gaps, each of which stands for any number of elements.
fn matches(
    pattern: &[String],
    list: &[String],
    gap: &str,
    same: impl Fn(&str, &str) -> bool + Copy,
) -> bool {
    // Up to which element of the list the pattern can have come.
    let mut reached = vec![false; list.len() + 1];
    reached[0] = true;
    for wanted in pattern {
        let mut next = vec![false; list.len() + 1];
        if wanted == gap {
            let first = reached.iter().position(|reached| *reached);
            next[first.unwrap_or(list.len() + 1).min(list.len())..].fill(first.is_some());
        } else {
            for (index, element) in list.iter().enumerate() {
                next[index + 1] = reached[index] && same(wanted, element);
            }
        }
        reached = next;
    }
    reached[list.len()]
}

/// A line without what differs from machine to machine: sizes, times, counts of instructions,
/// digests, and the width of columns that follows from them.
fn steady(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut steady = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let bare = word.trim_end_matches([',', ';', '.', ':']);
        let is_number = |text: &str| text.parse::<f64>().is_ok();
        let next = words.get(index + 1).copied().unwrap_or_default();
        let unit = next.trim_end_matches([',', ';', '.', ':']);
        let is_measured = UNITS.contains(&unit) || UNITS.contains(&next);
        // Fuel stands between a time and a size.
        let is_fuel = index > 0 && words[index - 1] == "µs" && words.len() > index + 2;
        let seconds = bare.strip_suffix('s').is_some_and(is_number);
        let own = if bare.starts_with("blake3:") {
            "blake3:#".to_owned()
        } else if seconds || is_number(bare) && (is_measured || is_fuel) {
            "#".to_owned()
        } else if index > 0 && steady.last().is_some_and(|last| last == "#") {
            // MB or kB is a matter of size, too.
            bare.replace("kB", "MB")
        } else {
            (*word).to_owned()
        };
        steady.push(own);
    }
    steady.join(" ")
}

#[test]
fn what_differs_from_machine_to_machine_does_not_count() {
    for (shown, printed) in [
        ("size  324 kB", "size       1.2 MB"),
        ("finished in 0.00s", "finished in 1.23s"),
        ("digest blake3:ab", "digest blake3:cd"),
        ("a  3.17 µs  15258  3.6 MB  X", "a  13.17 µs   9  2.6 MB  X"),
        ("one\n…\nfour", "one\ntwo\nthree\nfour"),
        ("…\nfour", "four"),
        ("rustc 1.95.0 (…)", "rustc 1.95.0 (59807616e)"),
    ] {
        assert!(agree(shown, printed), "{shown} | {printed}");
    }
    for (shown, printed) in [
        ("4 passed", "5 passed"),
        ("one\n…\nfour", "one\ntwo"),
        ("max-days = 90", "max-days = 91"),
        ("", "one"),
    ] {
        assert!(!agree(shown, printed), "{shown} | {printed}");
    }
}
