//! What the author of a Blastwall plugin uses.
