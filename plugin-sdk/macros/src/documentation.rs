//! The fixed shape of a check's doc comment.
//!
//! ```text
//! Keep buckets encrypted            the title: one line, no full stop
//!
//! What it looks at and why.         the description
//!
//! # Remediation                     how to repair a failed verdict
//!
//! # References                      a list of addresses; may be left out
//! - <https://…>
//! ```

use proc_macro2::Span;
use syn::{Attribute, Error, Expr, ExprLit, Lit, Meta, Result};

/// The parts of a check's doc comment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Documentation {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) remediation: String,
    pub(crate) references: Vec<String>,
}

/// The text of all doc comments among the attributes, without the space that `///` leaves.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(line),
            ..
        }) = &pair.value
        else {
            continue;
        };
        if pair.path.is_ident("doc") {
            let line = line.value();
            for line in line.split('\n') {
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
            }
        }
    }
    lines.join("\n").trim().to_owned()
}

/// Splits the doc comment of a check; `span` is where an error points.
pub(crate) fn parse(attributes: &[Attribute], span: Span) -> Result<Documentation> {
    let text = text(attributes);
    let fail = |message: &str| Err(Error::new(span, message));
    let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
    if title.is_empty() {
        return fail("a check needs a doc comment: its first line is the title of the check");
    }
    if title.ends_with('.') || title.starts_with('#') {
        return fail(
            "the first line of the doc comment is the title of the check: a sentence in the imperative without a full stop",
        );
    }
    if rest.lines().next().is_some_and(|line| !line.is_empty()) {
        return fail(
            "the title of the check is one line: put an empty line after the first line of the doc comment",
        );
    }

    let mut description = Vec::new();
    let mut remediation = None;
    let mut references = None;
    let mut section = &mut description;
    let mut in_code = false;
    for line in rest.lines() {
        in_code ^= line.starts_with("```");
        match line.strip_prefix("# ") {
            Some(heading) if !in_code => {
                let part = match heading.trim() {
                    "Remediation" => &mut remediation,
                    "References" => &mut references,
                    other => {
                        return fail(&format!(
                            "the doc comment of a check has the sections `# Remediation` and `# References`; `# {other}` is neither"
                        ));
                    }
                };
                if part.is_some() {
                    return fail(&format!("the section `# {heading}` is there twice"));
                }
                section = part.insert(Vec::new());
            }
            _ => section.push(line),
        }
    }

    let join = |lines: Vec<&str>| lines.join("\n").trim().to_owned();
    let description = join(description);
    if description.is_empty() {
        return fail(
            "say what the check looks at and why it matters, below the title in its doc comment",
        );
    }
    let remediation = join(remediation.unwrap_or_default());
    if remediation.is_empty() {
        return fail("say how to repair a failed verdict: `# Remediation` in the doc comment");
    }
    let references = references
        .unwrap_or_default()
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(|line| {
            reference(line).map(str::to_owned).ok_or_else(|| {
                let message = format!(
                    "`# References` is a list of addresses, one a line: `- <https://…>`, not `{line}`"
                );
                Error::new(span, message)
            })
        })
        .collect::<Result<_>>()?;
    Ok(Documentation {
        title: title.to_owned(),
        description,
        remediation,
        references,
    })
}

/// The address in an item of a Markdown list.
fn reference(line: &str) -> Option<&str> {
    let item = line.strip_prefix("- ").or(line.strip_prefix("* "))?.trim();
    let address = match item.strip_prefix('<') {
        Some(rest) => rest.strip_suffix('>')?,
        None => item,
    };
    let plain = address.starts_with("https://") && !address.contains(char::is_whitespace);
    plain.then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{ItemFn, parse_quote};

    fn documentation(function: &ItemFn) -> std::result::Result<Documentation, String> {
        parse(&function.attrs, Span::call_site()).map_err(|error| error.to_string())
    }

    #[test]
    fn all_parts() {
        let function = parse_quote! {
            /// Keep it shut
            ///
            /// Two
            /// lines.
            ///
            /// # Remediation
            ///
            /// Shut it.
            /// ```sh
            /// # a comment
            /// ```
            ///
            /// # References
            /// - <https://one.example>
            /// - https://two.example
            fn check() {}
        };
        assert_eq!(
            documentation(&function),
            Ok(Documentation {
                title: "Keep it shut".to_owned(),
                description: "Two\nlines.".to_owned(),
                remediation: "Shut it.\n```sh\n# a comment\n```".to_owned(),
                references: vec![
                    "https://one.example".to_owned(),
                    "https://two.example".to_owned()
                ],
            })
        );
    }

    #[test]
    fn errors_say_what_is_missing() {
        let cases: [(ItemFn, &str); 7] = [
            (parse_quote! { fn check() {} }, "needs a doc comment"),
            (
                parse_quote! { #[doc = " A title."] fn check() {} },
                "without a full stop",
            ),
            (
                parse_quote! { #[doc = " A\n title"] fn check() {} },
                "is one line",
            ),
            (
                parse_quote! { #[doc = " A title"] fn check() {} },
                "what the check looks at",
            ),
            (
                parse_quote! { #[doc = " A title\n\n Text."] fn check() {} },
                "# Remediation",
            ),
            (
                parse_quote! { #[doc = " A title\n\n Text.\n\n # Cure\n Shut it."] fn check() {} },
                "`# Cure` is neither",
            ),
            (
                parse_quote! { #[doc = " A title\n\n Text.\n # Remediation\n Shut it.\n # References\n see there"] fn check() {} },
                "not `see there`",
            ),
        ];
        for (function, expected) in cases {
            let error = documentation(&function).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
