//! Names as words, so that `product` is not `prod` and `non-prod` is not `prod` either.

/// Words that turn the meaning of the next one around: `non-prod`, `PreProd`, `not prod`.
const PREFIXES: &[&str] = &["non", "not", "no", "pre"];

/// The words of a name, in lower case: `SharedServices-NonProd2` is `shared`, `services`,
/// `nonprod`, `2`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for part in split(name) {
        let word = part.to_lowercase();
        let prefix = PREFIXES.contains(&word.as_str());
        match words.last_mut() {
            Some(last) if joins => last.push_str(&word),
            _ => words.push(word),
        }
        joins = prefix;
    }
    words
}

/// Cuts at everything that is no letter or digit, between letters and digits, and where a
/// lower-case letter is followed by an upper-case one or an acronym ends (`AWSProd`).
fn split(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    let mut characters = name.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if !character.is_alphanumeric() {
            parts.extend(name.get(start..at));
            start = at + character.len_utf8();
            previous = None;
            continue;
        }
        if previous.is_some_and(|previous| is_cut(previous, character, next)) {
            parts.extend(name.get(start..at));
            start = at;
        }
        previous = Some(character);
    }
    parts.extend(name.get(start..));
    parts.retain(|part| !part.is_empty());
    parts
}

fn is_cut(previous: char, character: char, next: Option<char>) -> bool {
    previous.is_numeric() != character.is_numeric()
        || (previous.is_lowercase() && character.is_uppercase())
        || (previous.is_uppercase()
            && character.is_uppercase()
            && next.is_some_and(char::is_lowercase))
}

/// Whether the words of a name hold these words, one after the other.
pub(super) fn contains(name: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && name.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("prod", "prod"),
            ("Product-Catalog", "product catalog"),
            ("non-prod", "nonprod"),
            ("NonProd", "nonprod"),
            ("NON_PROD", "nonprod"),
            ("nonprod", "nonprod"),
            ("pre prod 2", "preprod 2"),
            ("prod2", "prod 2"),
            ("SharedServices", "shared services"),
            ("AWSProdEU", "aws prod eu"),
            ("PRODUCTION", "production"),
            ("log-archive", "log archive"),
            ("--", ""),
            ("", ""),
            ("straße-prod", "straße prod"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn several_words_match_in_order() {
        assert!(contains(
            &words("acme Log-Archive 1"),
            &words("log archive")
        ));
        assert!(!contains(
            &words("log of the archive"),
            &words("log archive")
        ));
        assert!(!contains(&words("anything"), &[]));
    }
}
