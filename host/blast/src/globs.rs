//! What patterns with `*` and `?` have in common.
//!
//! Whether a text fits a pattern, the policy language says. Here the texts are still to be made up: whoever
//! chooses its own name chooses one that every pattern in its way admits, if there is one.

/// Patterns beyond this length are left alone: no ARN of a principal and no subject is as long, and the
/// work grows with the product of two lengths.
const LONGEST: usize = 600;

/// How many patterns with wildcards are tried together. An exception that takes more than a few wildcards at
/// once has not been seen, and the work grows quickly.
const TOGETHER: usize = 8;

/// How many patterns come of trying several together.
const MOST: usize = 64;

/// When a star ends that could as well go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stars {
    Short,
    Long,
}

/// Patterns whose texts fit both; none if no text does. What two patterns have in common is in general no
/// pattern, so these are two that are far apart: `a-*` and `*-b` meet in `a-b` and in `a-*-b`.
fn meet(one: &str, other: &str) -> Vec<String> {
    // Most patterns are of other accounts, and nearly all begin alike.
    let same = one
        .char_indices()
        .zip(other.chars())
        .find(|((_, left), right)| left != right || is_wild(*left));
    let start = match same {
        Some(((_, left), right)) if !is_wild(left) && !is_wild(right) => return Vec::new(),
        Some(((at, _), _)) => at,
        None => one.len().min(other.len()),
    };
    let (beginning, one) = one.split_at_checked(start).unwrap_or(("", one));
    let (_, other) = other.split_at_checked(start).unwrap_or(("", other));
    let both = Both::new(one, other);
    let walk = |stars| Some(format!("{beginning}{}", both.as_ref()?.walk(stars)?));
    let mut met: Vec<String> = walk(Stars::Short).into_iter().collect();
    met.extend(walk(Stars::Long).filter(|long| !met.contains(long)));
    met
}

fn is_wild(character: char) -> bool {
    matches!(character, '*' | '?')
}

/// Two patterns side by side.
struct Both {
    one: Vec<char>,
    other: Vec<char>,
    /// By place in the one and in the other: whether what is left of both from there on has a text in common.
    common: Vec<bool>,
}

impl Both {
    /// None if they are too long.
    fn new(one: &str, other: &str) -> Option<Self> {
        if one.len() > LONGEST || other.len() > LONGEST {
            return None;
        }
        let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
        let mut both = Self {
            common: vec![false; (one.len() + 1) * (other.len() + 1)],
            one,
            other,
        };
        for left in (0..=both.one.len()).rev() {
            for right in (0..=both.other.len()).rev() {
                let fits = match (both.one.get(left), both.other.get(right)) {
                    (None, None) => true,
                    // Either the star ends, or it takes a character of the other.
                    (Some('*'), Some(_)) | (Some(_), Some('*')) => {
                        both.meets(left + 1, right) || both.meets(left, right + 1)
                    }
                    (Some('*'), None) => both.meets(left + 1, right),
                    (None, Some('*')) => both.meets(left, right + 1),
                    (Some(a), Some(b)) => {
                        (a == b || is_wild(*a) || is_wild(*b)) && both.meets(left + 1, right + 1)
                    }
                    (Some(_), None) | (None, Some(_)) => false,
                };
                let place = both.place(left, right);
                if let Some(slot) = both.common.get_mut(place) {
                    *slot = fits;
                }
            }
        }
        Some(both)
    }

    fn place(&self, left: usize, right: usize) -> usize {
        left * (self.other.len() + 1) + right
    }

    fn meets(&self, left: usize, right: usize) -> bool {
        let place = self.place(left, right);
        self.common.get(place).copied().unwrap_or(false)
    }

    /// A pattern within both.
    fn walk(&self, stars: Stars) -> Option<String> {
        if !self.meets(0, 0) {
            return None;
        }
        let (mut left, mut right) = (0, 0);
        let mut met = String::new();
        loop {
            let after_left = || self.meets(left + 1, right);
            let after_right = || self.meets(left, right + 1);
            match (self.one.get(left), self.other.get(right)) {
                (None, None) => return Some(met),
                (Some('*'), Some('*')) => {
                    if !met.ends_with('*') {
                        met.push('*');
                    }
                    if after_left() {
                        left += 1;
                    } else {
                        right += 1;
                    }
                }
                (Some('*'), Some(taken))
                    if after_right() && (stars == Stars::Long || !after_left()) =>
                {
                    met.push(*taken);
                    right += 1;
                }
                (Some('*'), _) => left += 1,
                (Some(taken), Some('*'))
                    if after_left() && (stars == Stars::Long || !after_right()) =>
                {
                    met.push(*taken);
                    left += 1;
                }
                (_, Some('*')) => right += 1,
                (Some('?'), Some(character)) | (Some(character), Some(_)) => {
                    met.push(*character);
                    left += 1;
                    right += 1;
                }
                (Some(_), None) | (None, Some(_)) => return None,
            }
        }
    }
}

/// Patterns within `base`: what it has in common with each of the others, and with several of them at
/// once.
pub(crate) fn meetings<'p>(base: &str, patterns: impl Iterator<Item = &'p str>) -> Vec<String> {
    let mut met: Vec<String> = Vec::new();
    for pattern in patterns {
        for one in meet(base, pattern) {
            if !met.contains(&one) {
                met.push(one);
            }
        }
    }
    // One without wildcards has nothing in common with another but itself.
    let wild: Vec<String> = met
        .iter()
        .filter(|pattern| pattern.contains(['*', '?']))
        .take(TOGETHER)
        .cloned()
        .collect();
    let mut together: Vec<String> = Vec::new();
    for pattern in &wild {
        let more: Vec<String> = wild
            .iter()
            .take_while(|earlier| *earlier != pattern)
            .chain(&together)
            .flat_map(|known| meet(known, pattern))
            .collect();
        for one in more {
            if !together.contains(&one) && together.len() < MOST {
                together.push(one);
            }
        }
    }
    together.retain(|one| !met.contains(one));
    met.extend(together);
    met
}

/// Names that fit the pattern `base` of names, whose parts are set apart by slashes and colons, and another
/// pattern as well: a star of `base` is one part at most.
pub(crate) fn names_within<'p>(base: &str, patterns: impl Iterator<Item = &'p str>) -> Vec<String> {
    let parts = |text: &str| text.matches(['/', ':']).count();
    meetings(base, patterns)
        .iter()
        .map(|pattern| filled(pattern))
        .filter(|name| parts(name) == parts(base))
        .collect()
}

/// A text that fits the pattern.
pub(crate) fn filled(pattern: &str) -> String {
    pattern.replace(['*', '?'], "x")
}

/// A text that fits the pattern and hardly any other.
pub(crate) fn filled_at_random(pattern: &str) -> String {
    pattern.replace('*', "any-name").replace('?', "x")
}

/// A pattern with policy variables in it, each of which may be any text.
pub(crate) fn without_variables(pattern: &str) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((_, behind)) = after.split_once('}') else {
            break;
        };
        text.push_str(before);
        text.push('*');
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use blastwall_policy::Pattern;

    use super::*;

    #[test]
    fn what_two_patterns_have_in_common_fits_both() {
        for (one, other, some) in [
            ("role/p-*", "role/*-q", true),
            ("*", "*scan-*", true),
            ("*:role/admin*", "arn:aws:iam::1:role/*", true),
            ("arn:aws:iam::*:*/admin-*", "arn:aws:iam::1:user/*", true),
            ("*foo", "*bar*foo", true),
            ("a?c", "ab*", true),
            ("??", "a", false),
            ("role/a", "role/b", false),
            ("role/a*", "role/b*", false),
            ("*x", "*y", false),
            ("", "*", true),
            ("repo:acme/*", "*:environment:prod", true),
            ("a*b*c", "*bb*", true),
        ] {
            for (one, other) in [(one, other), (other, one)] {
                let met = meet(one, other);
                assert_eq!(!met.is_empty(), some, "{one} {other}: {met:?}");
                for text in met
                    .iter()
                    .flat_map(|met| [filled(met), met.replace('*', "")])
                {
                    let text = text.replace('?', "x");
                    assert!(Pattern::glob(one).matches(&text), "{one}: {text}");
                    assert!(Pattern::glob(other).matches(&text), "{other}: {text}");
                }
            }
        }
    }

    #[test]
    fn several_patterns_are_met_at_once() {
        let met = meetings("role/*", ["role/a-*", "*-b", "*-m-*"].into_iter());
        let all = |text: &str| {
            text.starts_with("role/a-") && text.ends_with("-b") && text.contains("-m-")
        };
        assert!(met.iter().any(|one| all(&filled(one))), "{met:?}");
        assert_eq!(met.first().map(String::as_str), Some("role/a-*"));
    }

    #[test]
    fn variables_are_any_text() {
        assert_eq!(
            without_variables("arn:aws:iam::${aws:PrincipalAccount}:role/a${x}"),
            "arn:aws:iam::*:role/a*"
        );
        assert_eq!(without_variables("a${b"), "a${b");
    }
}
