//! One request of one principal, with all policies that bind it, for people who ask why.
//!
//! [`Collected`] takes what is known, [`Questions::can`] answers. The layers are those that the links
//! judge by; what is different is that the request is one, so that condition keys which are not given
//! are absent from it, and that every policy is kept, whatever actions it is about.
//!
//! Nothing is allowed or denied in silence: a policy that has a say and was not seen leaves the answer
//! open, unless what was seen denies the request whatever the rest may say.

mod answer;
mod ask;
mod caller;
mod collected;
mod resource;
mod target;
mod words;

pub use answer::{Answer, LayerAnswer, StatementAnswer, Verdict};
pub use ask::{Asked, QuestionError, Questions};
pub use collected::Collected;
