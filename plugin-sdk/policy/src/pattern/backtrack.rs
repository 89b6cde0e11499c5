//! Matching token by token, for what cannot be prepared: patterns whose variables are filled from
//! the request.
//!
//! Backtracks to the last star only, so that a match takes at most pattern length times text length
//! steps.

/// What a matcher needs to know of a token.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    Literal(&'a str),
    Star,
    Question,
}

/// Backtracks to the last star only: earlier stars need not give up what they took, because the
/// later star can take it as well.
pub(super) fn glob<'p>(
    pieces: impl Fn(usize) -> Option<Piece<'p>>,
    text: &[u8],
    fold: bool,
) -> bool {
    let mut piece = 0;
    let mut at = 0;
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let advanced = match pieces(piece) {
            None if at == text.len() => return true,
            None => None,
            Some(Piece::Star) => {
                piece += 1;
                if pieces(piece).is_none() {
                    return true;
                }
                retry = Some((piece, at));
                continue;
            }
            Some(Piece::Literal(literal)) => starts_at(text, at, literal.as_bytes(), fold),
            Some(Piece::Question) => next_character(text, at),
        };
        match (advanced, retry) {
            (Some(next), _) => {
                piece += 1;
                at = next;
            }
            (None, None) => return false,
            (None, Some((after_star, from))) => {
                let Some(next) = next_character(text, from) else {
                    return false;
                };
                retry = Some((after_star, next));
                piece = after_star;
                at = next;
            }
        }
    }
}

/// The end of `literal` in `text` when it stands at `at`.
fn starts_at(text: &[u8], at: usize, literal: &[u8], fold: bool) -> Option<usize> {
    let end = at.checked_add(literal.len())?;
    same(text.get(at..end)?, literal, fold).then_some(end)
}

fn same(left: &[u8], right: &[u8], fold: bool) -> bool {
    if fold {
        left.eq_ignore_ascii_case(right)
    } else {
        left == right
    }
}

/// The start of the character after the one at `at`.
pub(super) fn next_character(text: &[u8], at: usize) -> Option<usize> {
    text.get(at)?;
    let mut next = at + 1;
    while text
        .get(next)
        .is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000)
    {
        next += 1;
    }
    Some(next)
}
