//! Lower case without allocation.

/// How many bytes fit; longer texts go to the heap. No action is longer than 128 characters.
const ROOM: usize = 128;

/// A text in ASCII lower case.
pub(crate) struct Lowered {
    buffer: [u8; ROOM],
    length: usize,
    long: Option<Box<str>>,
}

impl Lowered {
    pub(crate) fn new(text: &str) -> Self {
        let mut buffer = [0; ROOM];
        let long = match buffer.get_mut(..text.len()) {
            Some(room) => {
                room.copy_from_slice(text.as_bytes());
                room.make_ascii_lowercase();
                None
            }
            None => Some(text.to_ascii_lowercase().into()),
        };
        Self {
            buffer,
            length: text.len(),
            long,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.long {
            Some(text) => text,
            // Changing the case of ASCII letters leaves UTF-8 as it is.
            None => self
                .buffer
                .get(..self.length)
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long() {
        assert_eq!(Lowered::new("S3:GetÉ").as_str(), "s3:getÉ");
        let long = "A".repeat(ROOM + 1);
        assert_eq!(Lowered::new(&long).as_str(), long.to_ascii_lowercase());
    }
}
