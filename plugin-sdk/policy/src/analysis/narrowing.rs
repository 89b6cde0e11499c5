//! Conditions that narrow whom a statement covers: only operators that a request must satisfy with
//! a value it has count, because a missing key passes the others.

use crate::condition::{Condition, OperatorKind, Quantifier};

/// Whether the condition can only be met by a request that has the key with a listed value.
pub(super) fn pins(condition: &Condition) -> bool {
    let operator = condition.operator;
    !operator.negated
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::ForAllValues)
        && matches!(
            operator.kind,
            OperatorKind::StringEquals
                | OperatorKind::StringEqualsIgnoreCase
                | OperatorKind::StringLike
                | OperatorKind::Arn { .. }
        )
}
