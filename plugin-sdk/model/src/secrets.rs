//! What gives a secret away without reading it.

/// Names, in lower case, that are given a secret: parts of those of variables, ends of what is assigned in a script.
pub const SECRET_NAMES: [&str; 10] = [
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "credential",
    "connection_string",
];
