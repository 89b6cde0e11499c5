//! Pages of a listing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::failure::Failure;

/// The part of a listing that one answer holds.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// What to send to get the next part; none at the end.
    pub(crate) next: Option<String>,
}

/// Cuts a page out of a listing.
///
/// # Errors
/// If the marker is none that was handed out.
pub(crate) fn page<T>(
    items: Vec<T>,
    marker: Option<&str>,
    limit: usize,
) -> Result<Page<T>, Failure> {
    let start = match marker {
        None | Some("") => 0,
        Some(marker) => decode(marker)
            .filter(|start| *start <= items.len())
            .ok_or_else(|| Failure::validation("the marker of the next page is invalid"))?,
    };
    let end = start.saturating_add(limit.max(1));
    let next = (end < items.len()).then(|| encode(end));
    let items = items.into_iter().skip(start).take(limit.max(1)).collect();
    Ok(Page { items, next })
}

fn encode(start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("entry {start}"))
}

fn decode(marker: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.strip_prefix("entry ")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let mut seen = Vec::new();
        let mut marker = None;
        loop {
            let page = page((0..7).collect(), marker.as_deref(), 3).unwrap();
            seen.extend(page.items);
            marker = page.next;
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        assert!(page(vec![1], Some("nonsense"), 3).is_err());
    }
}
