//! Conditions: one operator, one key, its values.
//!
//! Compiled when the policy is parsed; evaluated against known or open condition keys in
//! `evaluate`. Sources: AWS IAM User Guide, "Condition operators"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
//! and "Conditions with multiple context keys or values"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.

mod date;
mod evaluate;
mod operator;
mod value;

pub use operator::{Comparison, Operator, OperatorKind, Quantifier};
pub use value::ConditionValue;

use crate::reach::KeyControl;

/// One line of a `Condition` element.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The operator with its modifiers.
    pub operator: Operator,
    /// The key, lower case, tag key included.
    pub key: Box<str>,
    /// The key as the policy has it.
    pub written_key: Box<str>,
    /// Who decides the key's value.
    pub control: KeyControl,
    /// The values: one must match, or none for a negated operator.
    pub values: Vec<ConditionValue>,
}

impl Condition {
    pub(crate) fn compile(
        operator: Operator,
        key: &str,
        values: Vec<String>,
        variables: bool,
    ) -> Self {
        Self {
            operator,
            key: key.to_ascii_lowercase().into(),
            written_key: key.into(),
            control: KeyControl::of(key),
            values: values
                .into_iter()
                .map(|text| ConditionValue::compile(operator.kind, text, variables))
                .collect(),
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {} [", self.operator, self.written_key)?;
        for (index, value) in self.values.iter().enumerate() {
            if index > 0 {
                formatter.write_str(", ")?;
            }
            formatter.write_str(value.as_str())?;
        }
        formatter.write_str("]")
    }
}
