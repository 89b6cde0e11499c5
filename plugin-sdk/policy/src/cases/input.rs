//! From a text with many cases to their answers.

use serde_json::Value;

use super::answer::{Answer, CaseError, CaseProblem};
use super::case::Case;
use crate::language::PolicyCache;

/// Decides the case in a text that holds one JSON object.
///
/// # Errors
/// When the text is not a case; the error has the id if there is one.
pub fn decide(text: &str) -> Result<Answer, CaseError> {
    Runner::new().decide(text.as_bytes())
}

/// Decides every case of an input, in order: a JSON array, one JSON object a line, or an object
/// whose `cases` is an array. A case that cannot be read is an error in its place. Policies that
/// occur again are compiled once.
pub fn answers<I: AsRef<[u8]> + ?Sized>(
    input: &I,
) -> impl Iterator<Item = Result<Answer, CaseError>> + '_ {
    let mut runner = Runner::new();
    entries(input.as_ref()).map(move |entry| runner.answer(&entry?))
}

/// Decides one case after the other; policies that occur again are compiled once.
#[derive(Clone, Debug, Default)]
pub struct Runner {
    policies: PolicyCache,
}

/// How many distinct policies a runner keeps: some hundred megabytes of ordinary ones. An input
/// without end must not fill the memory.
const POLICIES: usize = 100_000;

impl Runner {
    /// A runner that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides the case in a text that holds one JSON object.
    ///
    /// # Errors
    /// When the text is not a case; the error has the id if there is one.
    pub fn decide(&mut self, text: &[u8]) -> Result<Answer, CaseError> {
        let value: Value = serde_json::from_slice(text).map_err(|error| not_json(&error))?;
        self.answer(&value)
    }

    /// Decides the case on the first line of an input with one object a line; `None` where the
    /// input has to be taken as a whole, for [`answers`].
    pub fn decide_first(&mut self, line: &[u8]) -> Option<Result<Answer, CaseError>> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let whole = value.as_object()?.get("cases").is_some_and(Value::is_array);
        (!whole).then(|| self.answer(&value))
    }

    fn answer(&mut self, value: &Value) -> Result<Answer, CaseError> {
        if self.policies.len() > POLICIES {
            self.policies = PolicyCache::new();
        }
        Case::read(value, &mut self.policies).map(|case| case.answer())
    }
}

type Entry = Result<Value, CaseError>;

fn entries(input: &[u8]) -> Box<dyn Iterator<Item = Entry> + '_> {
    let whole = match serde_json::from_slice(input) {
        Ok(Value::Array(items)) => items,
        Ok(Value::Object(mut fields)) => match fields.get_mut("cases").map(Value::take) {
            Some(Value::Array(items)) => items,
            Some(other) => {
                fields.insert("cases".to_owned(), other);
                vec![Value::Object(fields)]
            }
            None => vec![Value::Object(fields)],
        },
        Ok(other) => vec![other],
        Err(error) if is_one_value(input) => {
            return Box::new(std::iter::once(Err(not_json(&error))));
        }
        Err(_) => return Box::new(lines(input)),
    };
    Box::new(whole.into_iter().map(Ok))
}

/// A broken array is one error, and so is an object broken within; broken lines are one each.
fn is_one_value(input: &[u8]) -> bool {
    let input = input.trim_ascii();
    let first = input
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    // No line of an object that goes over several is a case.
    input.starts_with(b"[") || first.trim_ascii() == b"{"
}

fn lines(input: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    input
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .map(|line| serde_json::from_slice(line).map_err(|error| not_json(&error)))
}

fn not_json(error: &serde_json::Error) -> CaseError {
    CaseError::new(None, CaseProblem::NotJson(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = r#"{"id":"a","request":{"principal":"arn:aws:iam::111111111111:user/ann","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"111111111111","context":{"aws:MultiFactorAuthAge":5,"aws:SecureTransport":true}},"identity":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":10},"Bool":{"aws:SecureTransport":"true"}}}}]}"#;

    fn lines_of(input: &str) -> Vec<String> {
        answers(input)
            .map(|answer| match answer {
                Ok(answer) => answer.to_json(),
                Err(error) => error.to_json(),
            })
            .collect()
    }

    const ALLOWED: &str = r#"{"id":"a","decision":"allow","kind":"Allowed","reason":"identity policies, policy 0, statement 0"}"#;

    #[test]
    fn forms_of_input() {
        assert_eq!(lines_of(CASE), [ALLOWED]);
        assert_eq!(lines_of(&format!("[{CASE},{CASE}]")), [ALLOWED, ALLOWED]);
        assert_eq!(lines_of(&format!("{CASE}\n\n{CASE}\n")), [ALLOWED, ALLOWED]);
        assert_eq!(
            lines_of(&format!(r#"{{"format":"x","cases":[{CASE}]}}"#)),
            [ALLOWED]
        );
        assert!(lines_of("").is_empty() && lines_of("[]").is_empty());
    }

    #[test]
    fn empty_lists_are_nothing() {
        let with = |field: &str| CASE.replacen('{', &format!("{{{field},"), 1);
        for field in [
            r#""session":[]"#,
            r#""session":null"#,
            r#""boundary":[]"#,
            r#""resource_policy":[]"#,
            r#""vpce":[]"#,
            r#""principal_role_path":"team""#,
        ] {
            assert_eq!(lines_of(&with(field)), [ALLOWED], "{field}");
        }
    }

    #[test]
    fn annotations_are_passed_over_and_named() {
        let with = |field: &str| lines_of(&CASE.replacen('{', &format!("{{{field},"), 1)).remove(0);
        let ignored = |names: &str| ALLOWED.replace('}', &format!(",\"ignored\":[{names}]}}"));
        assert_eq!(
            with(r#""team":{"x":1},"owner":null"#),
            ignored(r#""owner","team""#)
        );
        // One letter from a field of the format, and still plainly descriptive.
        assert_eq!(with(r#""sources":[]"#), ignored(r#""sources""#));
        // Two letters of a short name are half of another word.
        assert_eq!(with(r#""arn":"x""#), ignored(r#""arn""#));
        for (misspelt, meant) in [
            ("boundry", "boundary"),
            ("Identity", "identity"),
            ("resourcePolicy", "resource_policy"),
            ("scp", "scps"),
        ] {
            assert_eq!(
                with(&format!(r#""{misspelt}":[]"#)),
                format!(
                    r#"{{"id":"a","error":"unknown field `{misspelt}`; did you mean `{meant}`?"}}"#
                )
            );
        }
        let within = |field: &str| {
            lines_of(&CASE.replace(r#""request":{"#, &format!(r#""request":{{{field},"#))).remove(0)
        };
        assert_eq!(within(r#""comment":"x""#), ignored(r#""request.comment""#));
        assert_eq!(
            within(r#""team":"x""#),
            r#"{"id":"a","error":"unknown field `request.team`"}"#
        );
        assert_eq!(
            within(r#""contxt":{}"#),
            r#"{"id":"a","error":"unknown field `request.contxt`; did you mean `context`?"}"#
        );
    }

    #[test]
    fn piece_by_piece() {
        let mut runner = Runner::new();
        let first = runner.decide_first(CASE.as_bytes()).unwrap().unwrap();
        assert_eq!(first.to_json(), ALLOWED);
        for whole in ["{", "[]", r#"{"cases":[]}"#, "nonsense"] {
            assert!(runner.decide_first(whole.as_bytes()).is_none(), "{whole}");
        }
        assert!(runner.decide(b"{\"id\":\"\xff\"}").is_err());
    }

    #[test]
    fn bad_entries_are_errors_in_their_place() {
        let mut lines = lines_of(&format!(
            "{CASE}\n{{\"id\":7}}\nnonsense\n[1]\n{{\"id\":\"x\",\"requst\":{{}}}}\n{}",
            CASE.replace("\"Allow\"", "\"allow\"")
        ));
        assert_eq!(lines.remove(0), ALLOWED);
        assert_eq!(
            lines,
            [
                r#"{"id":"7","error":"missing field `request`"}"#,
                r#"{"id":null,"error":"not JSON: expected ident at line 1 column 2"}"#,
                r#"{"id":null,"error":"`case`: expected an object"}"#,
                r#"{"id":"x","error":"unknown field `requst`; did you mean `request`?"}"#,
                r#"{"id":"a","error":"`identity[0]`: at `/Statement/Effect`: expected `Allow` or `Deny`"}"#,
            ]
        );
        assert_eq!(lines_of("[{").len(), 1);
        assert_eq!(lines_of("{\n  \"id\": 1\n  oh\n}").len(), 1);
        assert!(lines_of(&"[".repeat(100_000))[0].contains("recursion limit"));
    }
}
