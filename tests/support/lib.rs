//! What the outside tests share: the binary under test, and servers that play AWS.
