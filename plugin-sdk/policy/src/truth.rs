//! Three-valued truth, the arithmetic under both `decide` and `reach`.
//!
//! Kleene's logic: with every fact known nothing is ever [`Truth::Maybe`], so the concrete decision
//! is the special case of the open one and the two cannot disagree. It must stay monotone: learning
//! a fact may turn `Maybe` into something else and never turns `False` into `True` or back.

/// Whether something holds, given what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold, whatever the open facts turn out to be.
    False,
    /// It depends on facts that are not known.
    Maybe,
    /// It holds, whatever the open facts turn out to be.
    True,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// It does not hold.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Maybe => Self::Maybe,
            Self::True => Self::False,
        }
    }

    /// Flips the value when `negated` is set.
    pub(crate) fn flip_if(self, negated: bool) -> Self {
        if negated { self.negate() } else { self }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}
