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
    let value: Value = serde_json::from_str(text)
        .map_err(|error| CaseError::new(None, CaseProblem::NotJson(error.to_string())))?;
    Case::from_value(&value).map(|case| case.answer())
}

/// Decides every case of an input, in order: a JSON array, one JSON object a line, or an object
/// whose `cases` is an array. A case that cannot be read is an error in its place. Policies that
/// occur again are compiled once.
pub fn answers(input: &str) -> impl Iterator<Item = Result<Answer, CaseError>> + '_ {
    let mut policies = PolicyCache::new();
    entries(input).map(move |entry| {
        let value = entry?;
        Case::read(&value, &mut policies).map(|case| case.answer())
    })
}

type Entry = Result<Value, CaseError>;

fn entries(input: &str) -> Box<dyn Iterator<Item = Entry> + '_> {
    let whole = match serde_json::from_str(input) {
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

/// A broken array is one error, and broken lines are one each.
fn is_one_value(input: &str) -> bool {
    input.trim_start().starts_with('[')
}

fn lines(input: &str) -> impl Iterator<Item = Entry> + '_ {
    input
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(|error| not_json(&error)))
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

    const ALLOWED: &str = r#"{"id":"a","decision":"Allowed","allowed":true,"reason":"identity policies, policy 0, statement 0"}"#;

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
                r#"{"id":"x","error":"unknown field `requst`"}"#,
                r#"{"id":"a","error":"`identity[0]`: at `/Statement/Effect`: expected `Allow` or `Deny`"}"#,
            ]
        );
        assert_eq!(lines_of("[{").len(), 1);
        assert!(lines_of(&"[".repeat(100_000))[0].contains("recursion limit"));
    }
}
